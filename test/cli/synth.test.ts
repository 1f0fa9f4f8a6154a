import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOT } from '../harness/project';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** Runs the compiled command line as users do. */
function serving(
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  return node([join(ROOT, 'build/lib/cli/main.js'), ...args], options);
}

function node(
  args: readonly string[],
  { cwd = ROOT, env = {} }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Run> {
  return new Promise((resolve) => {
    execFile(process.execPath, args, { cwd, env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}

const contents = (folder: string) =>
  Object.fromEntries(
    (readdirSync(folder, { recursive: true }) as string[])
      .filter((path) => statSync(join(folder, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
  );
const temporary = () => mkdtempSync(join(tmpdir(), 'serving-'));

/** A copy of the project in another folder, without its sources' history. */
function copy(): string {
  const folder = temporary();
  for (const part of ['build', 'apps', 'environments', 'lib', 'cdk8s.yaml', 'package.json', 'dist'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true, preserveTimestamps: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  return folder;
}

describe('serving synth', () => {
  it('renders what is committed, and says what it made', async () => {
    const { code, out } = await serving(['synth', '--check']);
    expect([code, out]).toEqual([0, expect.stringContaining('dist/prod/fraud-model')]);
    const [header, ...rows] = out.trim().split('\n');
    expect(header).toMatch(/^DIRECTORY +OBJECTS +VERSION +CHANGES$/);
    expect(rows).toHaveLength(15);
    expect(rows).toContainEqual(expect.stringMatching(/^dist\/prod\/fraud-model +\d+ +v\S+ +unchanged$/));
  });

  it('gives the same bytes in another folder, time zone and locale, twice', async () => {
    const folder = copy();
    const runs = [
      { env: { TZ: 'UTC' } },
      { cwd: folder, env: { TZ: 'Pacific/Chatham', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' } },
      { cwd: folder, env: { TZ: 'America/St_Johns' } },
    ];
    for (const run of runs) {
      const out = temporary();
      expect((await serving(['synth', '--out', out], run)).code).toBe(0);
      expect(contents(out)).toEqual(contents(join(ROOT, 'dist')));
    }
  });

  it('--set reaches the manifests, --env and --stack choose', async () => {
    const out = temporary();
    const args = ['synth', '--out', out, '--env', 'staging', '--stack', 'fraud-model', '--set', 'model.version=v2.2.0-rc2'];
    const { code } = await serving(args);
    expect(code).toBe(0);
    const written = contents(out);
    expect(Object.keys(written)).toEqual([
      'index.json',
      'staging/fraud-model/30-fraud-model.k8s.yaml',
      'staging/fraud-model/gates/90-pre-upgrade-validate.k8s.yaml',
    ]);
    expect(written['staging/fraud-model/30-fraud-model.k8s.yaml']).toContain(
      'image: registry.company.com/fraud-model:v2.2.0-rc2',
    );
  });

  it('--check on a folder that is not current exits with 2 and a readable diff', async () => {
    const folder = copy();
    const file = join(folder, 'dist/prod/fraud-model/30-fraud-model.k8s.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace('maxReplicas: 15', 'maxReplicas: 10'));
    const { code, out } = await serving(['synth', '--check'], { cwd: folder });
    expect(code).toBe(2);
    expect(out).toContain('-  maxReplicas: 10');
    expect(out).toContain('+  maxReplicas: 15');
    expect(out).toContain('1 file is not current');
  });

  it.each([
    [['synth', '--envv', 'prod'], /Did you mean --env\?/],
    [['sinth'], /Did you mean synth\?/],
    [['synth', '--env', 'prdo'], /UNKNOWN_ENVIRONMENT/],
    [['synth', '--stack', 'fraud'], /UNKNOWN_STACK/],
    [['synth', '--set', 'model.verison=v3', '--stack', 'fraud-model'], /did you mean "model.version"\?.*UNKNOWN_PATH/],
    [['synth', '--app', 'build/nothing.js'], /PROJECT_NOT_FOUND/],
  ])('refuses %j without a stack trace, writes nothing', async (args, message) => {
    const before = contents(join(ROOT, 'dist'));
    const { code, err } = await serving(args);
    expect(code).toBe(1);
    expect(err).toMatch(message);
    expect(err).not.toMatch(/\n\s+at /);
    expect(contents(join(ROOT, 'dist'))).toEqual(before);
  });

  it('refuses to render from modules that are older than their source', async () => {
    const folder = copy();
    const source = join(folder, 'environments/prod.ts');
    utimesSync(source, new Date(), new Date(Date.now() + 5000));
    const { code, err } = await serving(['synth', '--check'], { cwd: folder });
    expect([code, err]).toEqual([1, expect.stringMatching(/environments\/prod\.ts.*BUILD_STALE/)]);
  });

  it('says what is wrong outside a project', async () => {
    const { code, err } = await serving(['synth'], { cwd: temporary() });
    expect([code, err]).toEqual([1, expect.stringContaining('there is no cdk8s.yaml here')]);
  });

  it('loads neither the release module nor a parser for it', async () => {
    const script = `process.argv = ['node', 'serving', 'synth', '--check'];
      process.on('exit', () => process.stdout.write('\\n' + JSON.stringify(Object.keys(require.cache))));
      require('${ROOT}/build/lib/cli/main.js')`;
    const loaded = JSON.parse((await node(['-e', script])).out.trim().split('\n').at(-1) ?? '[]') as readonly string[];
    expect(loaded.length).toBeGreaterThan(30);
    expect(
      loaded.filter((file) =>
        /build\/lib\/(release|client|sandbox|testing|report|artifact|synth\/delivery|canary)\/|cdk8s-plus/.test(file),
      ),
    ).toEqual([]);
  });
});

describe('serving exceptions', () => {
  it('lists rule, component and reason', async () => {
    const { code, out } = await serving(['exceptions']);
    expect(code).toBe(0);
    expect(out).toMatch(/checkov CKV_K8S_43 {2}fraud-model\/fraud-model Deployment: the tag names/);
  });
});

describe('cdk8s synth', () => {
  it('gives the same manifests', async () => {
    const folder = copy();
    const { code, err } = await node([join(ROOT, 'node_modules/cdk8s-cli/bin/cdk8s'), 'synth'], {
      cwd: folder,
      env: { CDK8S_CHECK_UPGRADE: 'false' },
    });
    expect([code, err.includes('Error')]).toEqual([0, false]);
    expect(contents(join(folder, 'dist'))).toEqual(contents(join(ROOT, 'dist')));
  }, 30_000);
});
