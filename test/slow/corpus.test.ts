import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { type ManifestCase, objectsOf, RIGHT_MANIFESTS, WRONG_MANIFESTS } from '../corpus/manifests';
import { hasCluster, SHARED, startCluster, type TestCluster } from '../harness/cluster';

const run = promisify(execFile);

/** The manifests of a case in one file; kinds of custom resources are left out, because the control plane does not have them. */
function written(one: ManifestCase, namespace?: string): string {
  const objects = objectsOf(one).filter(
    ({ apiVersion }) => !/coreos|keda|argoproj|gateway\.networking|cert-manager/.test(apiVersion),
  );
  const file = join(mkdtempSync(join(tmpdir(), 'corpus-')), `${one.id}.yaml`);
  const text = objects.map((object) => stringify(object)).join('---\n');
  writeFileSync(file, namespace === undefined ? text : text.replaceAll('namespace: serving', `namespace: ${namespace}`));
  return file;
}

describe.skipIf(!hasCluster)('the API server as the judge', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ CLUSTER_CPU_NODES: '2' });
    await cluster.kubectl('create', 'namespace', 'serving');
  });
  afterAll(async () => await cluster?.down());
  const dryRun = (one: ManifestCase) =>
    cluster.kubectl('apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', written(one));

  it.each(RIGHT_MANIFESTS.map((one) => [one.id, one] as const))('takes %s', async (_id, one) => void (await dryRun(one)));

  it('refuses what the rules about the API refuse, so they do not cry wolf', async () => {
    const api = WRONG_MANIFESTS.filter(({ code }) =>
      ['API_INVALID', 'API_UNKNOWN_FIELD', 'API_WRONG_TYPE', 'API_REMOVED', 'DUPLICATE_ENV'].includes(code),
    );
    const taken: string[] = [];
    for (const one of api)
      await dryRun(one).then(
        () => taken.push(one.id),
        () => undefined,
      );
    expect(taken).toEqual([]);
  });
});

describe.skipIf(!existsSync(join(SHARED, 'peers/unpack')))('kube-score over the same corpus', () => {
  it('finds less', async () => {
    const bin = join(execFileSync(join(SHARED, 'peers/unpack'), { encoding: 'utf8' }).trim(), 'kube-score');
    const critical = async (one: ManifestCase) => {
      const { stdout } = await run(bin, ['score', '--output-format', 'ci', written(one)], { maxBuffer: 1e8 }).catch(
        (error: { readonly stdout?: string }) => ({ stdout: error.stdout ?? '' }),
      );
      return new Set(stdout.split('\n').filter((line) => line.startsWith('[CRITICAL]') || line === ''));
    };
    const base = await critical({ id: 'base' });
    let caught = 0;
    for (const one of WRONG_MANIFESTS) {
      const found = await critical(one);
      // Nothing at all means that it could not read the manifests, which is an answer too.
      if (found.size <= 1 || [...found].some((line) => !base.has(line))) caught++;
    }
    let alarms = 0;
    for (const one of RIGHT_MANIFESTS) if ([...(await critical(one))].some((line) => !base.has(line))) alarms++;
    console.log(
      `kube-score: ${caught} of ${WRONG_MANIFESTS.length} wrong ones caught, ${alarms} false alarms in ${RIGHT_MANIFESTS.length} right ones, ${base.size - 1} in the base`,
    );
    expect(caught).toBeLessThan(WRONG_MANIFESTS.length);
  });
});

const packages = join(tmpdir(), 'serving-checkov-3.3.30');
/** With all cases at once, it takes many times as long. */
const CHUNKS = 6;

interface FailedCheck {
  readonly check_id: string;
  readonly resource: string;
  readonly file_path: string;
}

/** What checkov complains about in a directory. */
async function complaints(folder: string): Promise<readonly FailedCheck[]> {
  const args = ['-m', 'checkov.main', '--framework', 'kubernetes', '--quiet', '--compact', '-o', 'json', '-d', folder];
  const { stdout } = await run('python3', args, { env: { ...process.env, PYTHONPATH: packages }, maxBuffer: 1e9 }).catch(
    (error: { readonly stdout: string }) => error,
  );
  return (JSON.parse(stdout) as { readonly results: { readonly failed_checks: readonly FailedCheck[] } }).results.failed_checks;
}

describe.skipIf(!existsSync(join(packages, 'checkov')))('checkov over the same corpus', () => {
  it('finds less', async () => {
    const all: readonly ManifestCase[] = [{ id: 'base' }, ...WRONG_MANIFESTS, ...RIGHT_MANIFESTS];
    // It looks at objects one by one, and slowly: what a case leaves as it is tells nothing new.
    const known = new Set(objectsOf({ id: 'base' }).map((object) => JSON.stringify(object)));
    const failed: FailedCheck[] = [];
    for (let chunk = 0; chunk < CHUNKS; chunk++) {
      const folder = mkdtempSync(join(tmpdir(), 'corpus-'));
      for (const one of all.filter((_case, index) => index % CHUNKS === chunk)) {
        const objects = objectsOf(one).filter((object) => one.id === 'base' || !known.has(JSON.stringify(object)));
        writeFileSync(join(folder, `${one.id}.yaml`), objects.map((object) => stringify(object)).join('---\n'));
      }
      failed.push(...(await complaints(folder)));
    }
    const of = (id: string) =>
      new Set(
        failed
          .filter(({ file_path }) => file_path.endsWith(`/${id}.yaml`))
          .map(({ check_id, resource }) => `${check_id} ${resource}`),
      );
    const base = of('base');
    const count = (cases: readonly ManifestCase[]) =>
      cases.filter(({ id }) => [...of(id)].some((line) => !base.has(line))).length;
    console.log(
      `checkov: ${count(WRONG_MANIFESTS)} of ${WRONG_MANIFESTS.length} wrong ones caught, ${count(RIGHT_MANIFESTS)} false alarms in ${RIGHT_MANIFESTS.length} right ones, ${base.size} in the base`,
    );
    expect(count(WRONG_MANIFESTS)).toBeLessThan(WRONG_MANIFESTS.length);
  });
});
