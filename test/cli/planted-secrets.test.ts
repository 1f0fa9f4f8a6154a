import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { unpackList } from '../../lib/release/record/packing';
import { RealClock, rehearsal, type Served, serve } from '../../lib/testing';
import { ROOT } from '../harness/project';
import { serving, servingIn } from './run-serving';

let count = 0;
/** A value that is nowhere else. */
const plant = () => `PLANTED${++count}x`;
const base64 = (text: string) => Buffer.from(text).toString('base64');

/** A Secret with something at a place, as YAML of one line per field. */
const secret = (name: string, body: string, metadata = '') =>
  `apiVersion: v1\nkind: Secret\nmetadata: {name: ${name}, namespace: team${metadata}}\n${body}\n`;

/** What people write, right and wrong. Each is a file of its own, so that one that cannot be read hides no other. */
const FILES: Readonly<Record<string, string>> = {
  'scalar-data': secret('a', `data: ${plant()}`),
  'scalar-string-data': secret('b', `stringData: ${plant()}`),
  'list-data': secret('c', `data: [${plant()}]`),
  'list-string-data': secret('d', `stringData: [${plant()}, {x: ${plant()}}]`),
  'no-base64': secret('e', `data: {password: "${plant()}!"}`),
  nested: secret('f', `stringData: {password: {deep: {deeper: ${plant()}}}}`),
  'nested-list': secret('g', `data: {password: [${plant()}]}`),
  alias: secret('h', `stringData: {password: *${plant()}}`),
  tag: secret('i', `stringData: {password: !${plant()} x}`),
  'tagged-value': secret('j', `stringData: {password: !!int ${plant()}}`),
  'unclosed-quote': secret('k', `stringData:\n  password: "${plant()}\n  other: x`),
  'unclosed-bracket': secret('l', `stringData: {password: ${plant()}`),
  'no-key': secret('m', plant()),
  tab: secret('n', `stringData:\n\tpassword: ${plant()}`),
  indent: secret('o', `stringData:\n  password: ${plant()}\n more: ${plant()}`),
  'two-keys': secret('p', `stringData:\n  password: ${plant()}\n  password: ${plant()}`),
  'block-scalar': secret('q', `stringData:\n  password: |\n ${plant()}`),
  'unknown-field': secret('r', `stringDatas: {password: ${plant()}}`),
  'unknown-scalar': secret('s', `value: ${plant()}`),
  'bad-key': secret('t', `stringData: {"a b": ${plant()}}`),
  'wrong-type': secret('u', `type: kubernetes.io/tls\nstringData: {tls.crt: ${plant()}}`),
  'docker-config': secret('v', `type: kubernetes.io/dockerconfigjson\nstringData: {.dockerconfigjson: "{${plant()}"}`),
  'last-applied': secret(
    'w',
    'data: 1',
    `, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"stringData":{"a":"${plant()}"}}'}`,
  ),
  'kapp-original': secret('x', 'data: 1', `, annotations: {kapp.k14s.io/original: '{"stringData":{"a":"${plant()}"}}'}`),
  'helm-values': secret('y', 'data: 1', `, annotations: {meta.helm.sh/values: '${plant()}'}`),
  immutable: secret('z', `immutable: ${plant()}\nstringData: {a: ${plant()}}`),
  merged: secret('merged', `stringData: {<<: ${plant()}, a: ${plant()}}`),
  number: secret('number', `data: {password: 1e9${plant()}}`),
  plain: secret('plain', `stringData: {password: ${plant()}}`),
  encoded: secret('encoded', `data: {password: ${base64(plant())}}`),
  'in-a-list': `apiVersion: v1\nkind: List\nitems:\n- ${secret('n', `stringData: {a: ${plant()}}`).trim().replaceAll('\n', '\n  ')}\n`,
};
/** A workload with a variable, right or wrong. Its name says that its value is a secret. */
const pods = (kind: string, body: string) =>
  `apiVersion: ${kind.startsWith('Cron') || kind === 'Job' ? 'batch/v1' : kind === 'Pod' ? 'v1' : 'apps/v1'}\nkind: ${kind}\nmetadata: {name: NAME, namespace: team}\n${body}\n`;
const deployment = (env: string, more = '') =>
  pods(
    'Deployment',
    `spec:\n  selector: {matchLabels: {app: w}}\n  template:\n    metadata: {labels: {app: w}}\n    spec: {containers: [{name: c, image: "example.com/c:v1"${more}, env: ${env}}]}`,
  );
const podSpec = (env: string) => `{restartPolicy: Never, containers: [{name: c, image: "example.com/c:v1", env: ${env}}]}`;
const VARIABLES: Readonly<Record<string, string>> = {
  'env-plain': deployment(`[{name: DB_PASSWORD, value: ${plant()}}, {name: API_TOKEN, value: ${plant()}}]`),
  'env-of-init': deployment('[]').replace(
    'containers:',
    `initContainers: [{name: i, image: "example.com/c:v1", env: [{name: SECRET_KEY, value: ${plant()}}]}], containers:`,
  ),
  'env-in-url': deployment(`[{name: DATABASE_URL, value: "postgres://app:${plant()}@db:5432/x"}]`),
  'env-of-pod': pods('Pod', `spec: ${podSpec(`[{name: PASSPHRASE, value: ${plant()}}]`)}`),
  'env-of-cron': pods(
    'CronJob',
    `spec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {spec: ${podSpec(`[{name: HF_TOKEN, value: ${plant()}}]`)}}}}}`,
  ),
  'env-copied': deployment('[]').replace(
    'namespace: team',
    `namespace: team, annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"env":[{"name":"API_KEY","value":"${plant()}"}]}', kapp.k14s.io/original: '[{"name":"API_KEY","value":"${plant()}"}]'}`,
  ),
  'env-number': deployment('[{name: DB_PASSWORD, value: 1777666555444}]'),
  'env-map': deployment(`{DB_PASSWORD: ${plant()}}`),
  'env-deep': deployment(`[{name: DB_PASSWORD, value: {x: ${plant()}}}]`),
  'env-unknown-field': deployment(`[{name: DB_PASSWORD, value: ${plant()}, vaule: ${plant()}}]`),
  'env-both': deployment(`[{name: DB_PASSWORD, value: ${plant()}, valueFrom: {secretKeyRef: {name: s, key: a}}}]`),
  'env-twice': deployment(`[{name: DB_PASSWORD, value: ${plant()}}, {name: DB_PASSWORD, value: ${plant()}}]`),
  'env-bad-name': deployment(`[{name: "DB=PASSWORD", value: ${plant()}}]`),
  'env-unclosed': deployment(`[{name: DB_PASSWORD, value: "${plant()}}]`),
  'env-alias': deployment(`[{name: DB_PASSWORD, value: *${plant()}}]`),
  'env-tag': deployment(`[{name: DB_PASSWORD, value: !${plant()} x}]`),
  'env-tagged': deployment(`[{name: DB_PASSWORD, value: !!int ${plant()}}]`),
  'env-two-keys': deployment(`[{name: DB_PASSWORD, value: ${plant()}, value: ${plant()}}]`),
  'kapp-valid': secret(
    'kv',
    `stringData: {a: ${plant()}}`,
    `, annotations: {kapp.k14s.io/original: '{"stringData":{"a":"${plant()}"}}'}`,
  ),
  'helm-valid': secret('hv', `stringData: {a: ${plant()}}`, `, annotations: {meta.helm.sh/values: 'password: ${plant()}'}`),
  'copied-valid': secret('cv', `stringData: {a: PLANTED0x}`, `, annotations: {team.example.com/note: 'it is PLANTED0x'}`),
};
const JSON_FILES: Readonly<Record<string, string>> = {
  'missing-comma': `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"${plant()}" "b":1}}`,
  'missing-brace': `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"${plant()}"`,
  trailing: `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":{}} ${plant()}`,
  'bad-escape': `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"stringData":{"a":"\\q${plant()}"}}`,
  scalar: `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"a"},"data":"${plant()}"}`,
};

const LEAK = /PLANTED\d+x|UExBTlRFR|1777666555444/;
const leaks = (text: string) => text.split('\n').filter((line) => LEAK.test(line));

describe('values of Secrets', () => {
  const dir = mkdtempSync(join(tmpdir(), 'planted-'));
  const here = rehearsal({ clock: new RealClock() });
  let served: Served;
  let kubeconfig: string;
  const files: string[] = [];
  beforeAll(async () => {
    served = await serve(here.sandbox);
    kubeconfig = join(dir, 'kubeconfig');
    writeFileSync(kubeconfig, served.kubeconfig);
    await here.engine().api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'team' } });
    for (const [extension, all] of [
      ['yaml', { ...FILES, ...VARIABLES }],
      ['json', JSON_FILES],
    ] as const)
      for (const [name, text] of Object.entries(all)) {
        const file = join(dir, `${name}.${extension}`);
        writeFileSync(file, text.replace('NAME', name));
        files.push(file);
      }
  });
  afterAll(async () => {
    await served.close();
    rmSync(dir, { recursive: true, force: true });
  });

  it('are at sixty places', () => expect(count).toBeGreaterThanOrEqual(60));

  it.each(['text', 'json'])('are in nothing that a check says as %s', async (output) => {
    const { code, out, err } = await serving('check', ...files, '--output', output);
    expect(code).toBe(1);
    expect(leaks(out + err)).toEqual([]);
    for (const name of ['scalar-data', 'no-base64', 'unclosed-quote', 'missing-comma']) expect(out + err).toContain(name);
  });

  it('are in no plan, no plan file, no page, no graph and no record', { timeout: 120_000 }, async () => {
    const release = ['--release', 'r', '-n', 'team', '--kubeconfig', kubeconfig];
    const accepted = /\/(plain|encoded|.*-valid|env-(plain|of-.*|in-.*|copied))\./;
    const refused =
      /\/(no-base64|unknown-field|last-applied|docker-config|bad-key|env-(number|map|deep|both|unknown-field|twice|bad-name))\./;
    const dirs = ['accepted', 'refused', 'unreadable'].map((name) => join(dir, name));
    for (const one of dirs) mkdirSync(one);
    for (const file of files) {
      const [good = '', bad = '', broken = ''] = dirs;
      copyFileSync(file, join(accepted.test(file) ? good : refused.test(file) ? bad : broken, basename(file)));
    }
    for (const one of dirs) {
      const saved = join(dir, 'plan.json');
      rmSync(saved, { force: true });
      const texts = [
        await serving('plan', one, ...release, '--save', saved),
        await serving('plan', one, ...release, '--output', 'html'),
        await serving('graph', one),
        await serving('apply', one, ...release, '--output', 'ndjson'),
      ];
      expect([one, texts[3]?.code, texts[3]?.out]).toEqual([one, one.endsWith('accepted') ? 0 : 3, expect.anything()]);
      if (one.endsWith('accepted')) texts.push(await serving('manifest', 'r', ...release.slice(2)));
      for (const { out, err } of texts) expect([one, leaks(out + err)]).toEqual([one, []]);
      expect(existsSync(saved) ? readFileSync(saved, 'utf8') : '').not.toMatch(LEAK);
    }
    const { items } = await here
      .engine()
      .api.list({ apiVersion: 'v1', kind: 'Secret', namespace: 'team', labelSelector: 'cdk8s-serving/record' });
    const packed = items.flatMap(({ data }) => {
      const { head, part } = data as Readonly<Record<string, string>>;
      return head ?? Buffer.from(part ?? '', 'base64').toString('utf8');
    });
    const records = packed.map((text) => JSON.stringify(unpackList(text)));
    // They are compressed: what is in them is seen only once they are unpacked.
    expect(records.join()).toContain('"kind":"Secret"');
    expect(records.join()).not.toMatch(LEAK);
  });

  it('are not echoed when they are written where the name of a Secret belongs', async () => {
    const set = `gate.dataset.credentials=${plant()} !`;
    const { code, out, err } = await servingIn(
      { cwd: ROOT },
      'synth',
      '--env',
      'staging',
      '--set',
      set,
      '--out',
      join(dir, 'out'),
    );
    expect(code).toBe(1);
    expect(out + err).toContain('credentials');
    expect(leaks(out + err)).toEqual([]);
  });
});
