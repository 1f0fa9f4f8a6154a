import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { ServingValidation } from '../../lib/checks';
import { objectsOf } from '../corpus/manifests';
import { ROOT } from '../harness/project';

function run(
  file: string,
  args: readonly string[],
  cwd = ROOT,
): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [join(ROOT, file), ...args], { cwd, maxBuffer: 1e8 }, (error, out, err) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, out, err }),
    );
  });
}
const serving = (...args: readonly string[]) => run('build/lib/cli/main.js', args);

/** A folder with a manifest for each object. */
function folderOf(fields: Parameters<typeof objectsOf>[0]): string {
  const folder = mkdtempSync(join(tmpdir(), 'check-'));
  mkdirSync(join(folder, 'gates'));
  for (const [index, object] of objectsOf(fields).entries())
    writeFileSync(join(folder, object.kind === 'Job' ? 'gates' : '', `${index}.yaml`), stringify(object));
  return folder;
}

describe('serving check', () => {
  it('exits with 0 on a folder in which everything is right', async () => {
    const { code, out } = await serving('check', folderOf({ id: 'right' }), '--strict');
    expect([code, out]).toEqual([0, '23 objects, 0 errors, 0 warnings\n']);
  });

  it('exits with 1 on an error, and names file, place, value, expectation, remedy and nearest name', async () => {
    const { code, out } = await serving('check', folderOf({ id: 'typo', set: { 'Service/model spec.selector.app': 'mdoel' } }));
    expect(code).toBe(1);
    expect(out).toMatch(
      /error: .*\.yaml: Service\/model: spec\.selector: the selector finds no pods \(got "app=mdoel"; did you mean "app=model"\?\)\. Select by .*\[DANGLING_SERVICE\]/,
    );
  });

  it('warnings alone are 0, and 1 with --strict; what others install is declared', async () => {
    const folder = folderOf({ id: 'elsewhere', set: { 'C env[name=REDIS_HOST].value': 'redis-prod-svc' } });
    expect((await serving('check', folder)).code).toBe(0);
    expect((await serving('check', folder, '--strict')).code).toBe(1);
    expect((await serving('check', folder, '--strict', '--external', 'redis-prod-svc')).code).toBe(0);
  });

  it('JSON has every finding with its rule; the version and the time can be chosen', async () => {
    const { out } = await serving(
      'check',
      folderOf({ id: 'old' }),
      '--kubernetes-version',
      '1.29',
      '--timeout',
      '2m',
      '-o',
      'json',
    );
    const { findings } = JSON.parse(out) as { readonly findings: readonly { readonly code: string; readonly file: string }[] };
    expect(new Set(findings.map(({ code }) => code))).toEqual(new Set(['API_NEWER_FIELD', 'RELEASE_TIMEOUT']));
    expect(findings.every(({ file }) => file.endsWith('.yaml'))).toBe(true);
  });

  it('says what it cannot read, and refuses what it does not understand', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'check-'));
    writeFileSync(join(folder, 'broken.yaml'), 'kind: [');
    writeFileSync(join(folder, 'notes.yaml'), 'hello: world');
    const { code, out } = await serving('check', folder, join(folder, 'nothing'));
    const codes = out.match(/MANIFESTS?_\w+/g)?.sort();
    expect([code, codes]).toEqual([1, ['MANIFESTS_MISSING', 'MANIFEST_INVALID', 'MANIFEST_UNREADABLE']]);
    const timeout = await serving('check', folder, '--timeout', 'soon');
    expect([timeout.code, timeout.err]).toEqual([1, expect.stringMatching(/--timeout <time>.*'soon'.*90s or 10m/)]);
    const version = await serving('check', folder, '--kubernetes-version', 'v2');
    expect([version.code, version.err]).toEqual([1, expect.stringMatching(/'v2'.*such as 1\.30/)]);
  });
});

describe('serving parity', () => {
  it('exits with 0 where every difference is declared; one page of HTML needs nothing else', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'parity-'));
    const [text, markdown, json, html] = await Promise.all([
      serving('parity'),
      serving('parity', '-o', 'markdown'),
      serving('parity', '-o', 'json'),
      serving('parity', '-o', 'html', '--output-file', join(folder, 'parity.html')),
    ]);
    expect([text, markdown, json, html].map(({ code }) => code)).toEqual([0, 0, 0, 0]);
    expect(text.out).toMatch(/283 declared, 0 not; 0 declarations unused\n$/);
    expect(markdown.out).toMatch(/\| dev \| staging \| prod \| reason \|/);
    expect((JSON.parse(json.out) as { readonly undeclared: unknown[] }).undeclared).toEqual([]);
    const page = readFileSync(join(folder, 'parity.html'), 'utf8');
    expect(page).not.toMatch(/<link|<img|src=|@import|url\(|fetch\(/);
    expect(page.match(/<tr data-entry data-kind="declared"/g)?.length).toBe(283);
  });
});

describe('serving explain', () => {
  it('names layer and source line, of the config and of manifests', async () => {
    const config = await serving('explain', 'prod', 'server.resources.limits.memory', '-s', 'fraud-model');
    const line =
      readFileSync(join(ROOT, 'environments/prod.ts'), 'utf8')
        .split('\n')
        .findIndex((text) => text.includes("memory: '24Gi'")) + 1;
    expect(config.out).toContain(`prod: "24Gi"  environments/prod.ts:${line}\n`);
    expect(config.out).toMatch(/base: "8Gi" {2}environments\/base\.ts:\d+ {2}\(overridden\)/);
    const field = await serving('explain', 'staging', 'Deployment/fraud-model:spec.replicas');
    expect(field.out).toMatch(/follows server\.scaling\.replicas = 2\n.*\n {4}staging: 2 {2}environments\/staging\.ts:\d+\n/);
    expect((await serving('explain', 'prod', 'model.verison')).err).toMatch(/did you mean "model.version"/);
  });
});

describe('the validation plugin of cdk8s-cli', () => {
  async function validated(fields: Parameters<typeof objectsOf>[0], props = {}) {
    const violations: { readonly ruleName: string }[] = [];
    let status = '';
    const file = join(mkdtempSync(join(tmpdir(), 'plugin-')), 'all.yaml');
    writeFileSync(
      file,
      objectsOf(fields)
        .map((object) => stringify(object))
        .join('---\n'),
    );
    const report = {
      addViolation: (one: { readonly ruleName: string }) => void violations.push(one),
      submit: (one: string) => {
        status = one;
      },
    };
    await new ServingValidation(props).validate({ manifests: [file], report });
    return { status, rules: violations.map(({ ruleName }) => ruleName) };
  }

  it('reports violations, and submits in every case', async () => {
    expect(await validated({ id: 'right' })).toEqual({ status: 'success', rules: [] });
    expect(await validated({ id: 'wrong', set: { 'M spec.replcas': 3 } })).toEqual({
      status: 'failure',
      rules: ['api-unknown-field'],
    });
    expect(await validated({ id: 'warned', set: { 'C lifecycle': null } })).toEqual({ status: 'success', rules: [] });
    expect(await validated({ id: 'warned', set: { 'C lifecycle': null } }, { strict: true })).toEqual({
      status: 'failure',
      rules: ['drain-missing'],
    });
  });
});
