import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';
import { servingIn } from './run-serving';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'set-'));
  for (const part of ['build', 'apps', 'lib', 'cdk8s.yaml', 'package.json', 'tsconfig.json', 'dist'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
});
beforeEach(() => cpSync(join(ROOT, 'environments'), join(folder, 'environments'), { recursive: true, preserveTimestamps: true }));

const set = (...args: readonly string[]) => servingIn({ cwd: folder }, 'set', ...args);
const read = (file: string, from = folder) => readFileSync(join(from, file), 'utf8');
/** The lines of an environment's file that are not as they were. */
const changed = (environment: string) => {
  const before = read(`environments/${environment}.ts`, ROOT).split('\n');
  return read(`environments/${environment}.ts`)
    .split('\n')
    .filter((line, index) => line !== before[index])
    .map((line) => line.trim());
};
const untouched = () =>
  readdirSync(join(folder, 'environments')).filter((file) => read(`environments/${file}`) === read(`environments/${file}`, ROOT));

describe('serving set', { timeout: 180_000 }, () => {
  it('changes the one value, shows it, and is done the second time', async () => {
    const first = await set('fraud-model', 'staging', 'model.version', 'v2.2.0-rc2');
    expect([first.code, first.err]).toEqual([0, '']);
    expect(first.out.trim().split('\n')).toEqual([
      '--- environments/staging.ts',
      '+++ environments/staging.ts',
      '@@ -14,3 +14,3 @@',
      "       namespace: 'team-fraud-staging',",
      "-      model: { version: 'v2.2.0-rc1', decisionThreshold: 0.7 },",
      "+      model: { version: 'v2.2.0-rc2', decisionThreshold: 0.7 },",
      '       server,',
      'environments/staging.ts: model.version is "v2.2.0-rc2" now; build and run serving synth',
    ]);
    expect(changed('staging')).toEqual(["model: { version: 'v2.2.0-rc2', decisionThreshold: 0.7 },"]);
    expect(untouched()).toEqual(['base.ts', 'dev.ts', 'prod.ts']);
    const again = await set('fraud-model', 'staging', 'model.version', 'v2.2.0-rc2');
    expect([again.code, again.out]).toEqual([0, 'environments/staging.ts: model.version is "v2.2.0-rc2" already\n']);
  });

  it('gives files that compile, and what is rendered from them is as it was set', async () => {
    for (const [stack, environment, path, value] of [
      ['fraud-model', 'staging', 'model.version', 'v9.9.9'],
      ['fraud-model', 'staging', 'server.scaling.replicas', '3'],
      ['fraud-model', 'dev', 'model.batchSize', '32'],
      ['my-model', 'prod', 'server.scaling.replicas', '4'],
      ['ml-serving-stack', 'dev', 'queue', 'off'],
      ['fraud-model', 'dev', 'redis.host', 'redis-dev'],
    ] as const) {
      const { code, err } = await set(stack, environment, path, value);
      expect([path, code, err]).toEqual([path, 0, '']);
    }
    expect(changed('staging')).toEqual([
      "model: { version: 'v9.9.9', decisionThreshold: 0.7 },",
      'server: { ...server, scaling: { ...server.scaling, replicas: 3 } },',
    ]);
    expect(changed('dev')).toEqual([
      "'fraud-model': { namespace: 'team-fraud-dev', model: { batchSize: 32 }, redis: { host: 'redis-dev' } },",
      "'ml-serving-stack': { namespace: 'team-fraud', queue: 'off' },",
    ]);
    await promisify(execFile)(process.execPath, [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json'], {
      cwd: folder,
    });
    const { code, err } = await servingIn({ cwd: folder }, 'synth');
    expect([code, err]).toEqual([0, '']);
    const deployment = read('dist/staging/fraud-model/30-fraud-model.k8s.yaml');
    expect(deployment).toContain('image: registry.company.com/fraud-model:v9.9.9');
    expect(deployment).toContain('replicas: 3');
    expect(read('dist/staging/ml-serving-stack/30-fraud-model.k8s.yaml')).toBe(
      read('dist/staging/ml-serving-stack/30-fraud-model.k8s.yaml', ROOT),
    );
    expect(read('dist/dev/fraud-model/30-fraud-model.k8s.yaml')).toContain('value: "32"');
  });

  it('--dry-run shows, and writes nothing; JSON says what was done', async () => {
    const shown = await set('fraud-model', 'prod', 'redis.port', '6380', '--dry-run');
    expect([shown.code, shown.out]).toEqual([0, expect.stringMatching(/\n\+ .*port: 6380.*\n[\s\S]*nothing was written\n$/)]);
    const json = await set('fraud-model', 'prod', 'redis.port', '6380', '--dry-run', '-o', 'json');
    expect(JSON.parse(json.out)).toEqual({
      file: 'environments/prod.ts',
      path: 'redis.port',
      value: 6380,
      changed: true,
      written: false,
    });
    expect(untouched()).toHaveLength(4);
  });

  it.each([
    [['fraud-modl', 'staging', 'model.version', 'v1'], /did you mean "fraud-model"\?.*UNKNOWN_STACK/],
    [['fraud-model', 'stagin', 'model.version', 'v1'], /did you mean "staging"\?.*UNKNOWN_ENVIRONMENT/],
    [['staging', 'fraud-model', 'model.version', 'v1'], /The stack comes first.*UNKNOWN_STACK/],
    [['fraud-model', 'staging', 'model.verison', 'v1'], /did you mean "model.version"\?.*UNKNOWN_PATH/],
    [['fraud-model', 'staging', 'model.version', 'latest'], /model\.version.*\[/],
    [['fraud-model', 'staging', 'model.batchSize', 'many'], /model\.batchSize: .*got "many".*whole number/],
    [['fraud-model', 'prod', 'server.scaling.replicas', '3'], /server\.scaling: alternatives that exclude each other/],
    [['fraud-model', 'prod', 'redis', 'off', 'more'], /too many arguments/],
  ])('refuses %j and writes nothing', async (args, message) => {
    const { code, err } = await set(...args);
    expect([code, err]).toEqual([1, expect.stringMatching(message)]);
    expect(err).not.toMatch(/\n\s+at /);
    expect(untouched()).toHaveLength(4);
  });

  it('refuses what is computed, with the line, and what would change something else too', async () => {
    const file = join(folder, 'environments/staging.ts');
    const source = readFileSync(file, 'utf8');
    writeFileSync(
      file,
      source.replace("version: 'v2.2.0-rc1', decisionThreshold", "version: ['v2.2.0', 'rc1'].join('-'), decisionThreshold"),
    );
    const computed = await set('fraud-model', 'staging', 'model.version', 'v3.0.0');
    expect([computed.code, computed.err]).toEqual([
      1,
      expect.stringMatching(/^environments\/staging\.ts:15: the value is computed.*CANNOT_EDIT/),
    ]);
    const follower = "get note() { return this.stacks['fraud-model'].model.version; },";
    writeFileSync(file, source.replace("tier: 'staging',", `tier: 'staging', ${follower}`));
    const shared = await set('fraud-model', 'staging', 'model.version', 'v3.0.0');
    expect([shared.code, shared.err]).toEqual([1, expect.stringMatching(/other values follow from this one.*CANNOT_EDIT/)]);
  });
});
