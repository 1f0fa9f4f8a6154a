import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Yaml } from 'cdk8s';
import { beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { renderProject } from '../../lib/synth/render-project';
import { SHARED } from '../harness/cluster';
import { sampleProject } from '../harness/project';

const run = promisify(execFile);
const PEERS = join(SHARED, 'peers/unpack');
const hasPeers = existsSync(PEERS);
if (!hasPeers) console.warn('SKIPPED: kube-score; it needs ../shared/peers beside the project');

const METRIC = [
  'server.scaling.autoscaling.min=2',
  'server.scaling.autoscaling.max=4',
  'server.scaling.autoscaling.metric.name=http_requests_in_progress',
  'server.scaling.autoscaling.metric.target=4',
];

/** All objects of all apps and environments, the umbrella with its adapter as well. */
const OBJECTS: readonly KubeObject[] = [
  ...renderProject(sampleProject()),
  ...renderProject(sampleProject(), {
    environments: ['staging'],
    stacks: ['ml-serving-stack'],
    set: ['release=scaled', 'namespace=scaled', ...METRIC],
  }),
].flatMap(({ files }) => files.flatMap(({ objects }) => objects));

/** `Kind namespace/name check` for everything that a linter complains of. */
type Complaints = ReadonlySet<string>;
const complaint = (object: KubeObject, check: string) =>
  `${object.kind} ${object.metadata.namespace ?? ''}/${object.metadata.name} ${check}`;

function declared(prefix: 'kube-score/ignore' | 'checkov.io/skip'): Complaints {
  return new Set(
    OBJECTS.flatMap((object) =>
      Object.entries(object.metadata.annotations ?? {})
        .filter(([key]) => key.startsWith(prefix))
        .flatMap(([, value]) => (prefix === 'checkov.io/skip' ? [value.split('=')[0] ?? ''] : value.split(',')))
        .map((check) => complaint(object, check)),
    ),
  );
}

const stripped = OBJECTS.map((object) => {
  const annotations = Object.entries(object.metadata.annotations ?? {}).filter(
    ([key]) => !/^(kube-score|checkov\.io)\//.test(key),
  );
  return { ...object, metadata: { ...object.metadata, annotations: Object.fromEntries(annotations) } };
});

function written(objects: readonly KubeObject[]): string {
  const file = join(mkdtempSync(join(tmpdir(), 'lint-')), 'all.yaml');
  writeFileSync(file, Yaml.stringify(...objects));
  return file;
}

describe.skipIf(!hasPeers)('kube-score', () => {
  interface Scored {
    readonly object_name: string;
    readonly checks: readonly { readonly check: { readonly id: string }; readonly grade: number; readonly skipped: boolean }[];
  }
  const CRITICAL = 1;

  async function score(objects: readonly KubeObject[]): Promise<Complaints> {
    const bin = execFileSync(PEERS, { encoding: 'utf8' }).trim();
    const { stdout } = await run(
      join(bin, 'kube-score'),
      ['score', '--output-format', 'json', '--exit-one-on-warning=false', written(objects)],
      { maxBuffer: 1e8 },
    ).catch((error: { readonly stdout: string }) => error);
    const scored = JSON.parse(stdout) as readonly Scored[];
    expect(scored.length).toBeGreaterThan(100);
    return new Set(
      scored.flatMap(({ object_name: name, checks }) =>
        checks
          .filter(({ grade, skipped }) => !skipped && grade === CRITICAL)
          .map(({ check }) => `${name.replace(/^.*\.(\w+)\./, '$1 ')} ${check.id}`),
      ),
    );
  }

  it('finds nothing critical', async () => expect([...(await score(OBJECTS))]).toEqual([]));

  it('needs each exception, and no other', async () => {
    const complaints = [...(await score(stripped))].map((text) => text.split(' ').slice(-1)[0] ?? '').sort();
    const exceptions = [...declared('kube-score/ignore')].map((text) => text.split(' ').slice(-1)[0] ?? '').sort();
    expect(complaints.length).toBeGreaterThan(0);
    expect(exceptions).toEqual(complaints);
  });
});

describe('checkov', () => {
  const packages = join(tmpdir(), 'serving-checkov-3.3.30');
  beforeAll(async () => {
    if (existsSync(join(packages, 'checkov'))) return;
    mkdirSync(packages, { recursive: true });
    await run(
      'python3',
      ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--target', packages, 'checkov==3.3.30'],
      { maxBuffer: 1e8 },
    );
  }, 300_000);

  interface Report {
    readonly results: { readonly failed_checks: readonly { readonly check_id: string; readonly resource: string }[] };
    readonly summary: { readonly passed: number };
  }

  async function check(objects: readonly KubeObject[]): Promise<Complaints> {
    const args = [
      '-m',
      'checkov.main',
      '--framework',
      'kubernetes',
      '--quiet',
      '--compact',
      '-o',
      'json',
      '-f',
      written(objects),
    ];
    const { stdout } = await run('python3', args, { env: { ...process.env, PYTHONPATH: packages }, maxBuffer: 1e8 }).catch(
      (error: { readonly stdout: string }) => error,
    );
    const report = JSON.parse(stdout) as Report;
    expect(report.summary.passed).toBeGreaterThan(1000);
    return new Set(report.results.failed_checks.map(({ check_id, resource }) => `${resource} ${check_id}`));
  }

  it('finds no failed check', async () => expect([...(await check(OBJECTS))]).toEqual([]));

  it('needs each exception, and no other', async () => {
    const complaints = [...(await check(stripped))].sort();
    const exceptions = [...declared('checkov.io/skip')].map((text) => text.replace(/^(\w+) ([^/]*)\/(\S+) /, '$1.$2.$3 ')).sort();
    expect(complaints.length).toBeGreaterThan(0);
    expect(exceptions).toEqual(complaints);
  });
});
