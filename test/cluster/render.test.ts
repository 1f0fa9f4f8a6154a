import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT, sampleObjects } from '../harness/project';

const ENVIRONMENTS = ['dev', 'staging', 'prod'];
const STACKS = ['fraud-model', 'ml-serving-stack', 'my-model'];
const COMBINATIONS = ENVIRONMENTS.flatMap((environment) => STACKS.map((stack) => [environment, stack] as const));

const namespaceOf = (environment: string, stack: string) => sampleObjects(environment, stack)[0]?.metadata.namespace ?? '';
const folderOf = (environment: string, stack: string) => join(ROOT, 'dist', environment, stack);
const release = (environment: string, stack: string) =>
  sampleObjects(environment, stack)[0]?.metadata.labels?.['cdk8s-serving/release'] ?? '';

describe.skipIf(!hasCluster)('rendered stacks on a real API server', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster({ CLUSTER_CPU_NODES: '4' });
    const namespaces = new Set(COMBINATIONS.map(([environment, stack]) => namespaceOf(environment, stack)));
    for (const namespace of namespaces) {
      await cluster.kubectl('create', 'namespace', namespace);
      await cluster.kubectl(
        'label',
        'namespace',
        namespace,
        'pod-security.kubernetes.io/enforce=restricted',
        'pod-security.kubernetes.io/warn=restricted',
      );
    }
  });
  afterAll(async () => await cluster?.down());

  for (const [environment, stack] of COMBINATIONS) {
    it(`${environment}/${stack} is accepted by a strict server-side dry run, gates too`, async () => {
      const folder = folderOf(environment, stack);
      const gates = join(folder, 'gates');
      const files = [folder, ...(existsSync(gates) ? [gates] : [])].flatMap((path) => ['-f', path]);
      const printed = await cluster.kubectl(
        'apply',
        '--server-side',
        '--dry-run=server',
        '--validate=strict',
        '-o',
        'name',
        ...files,
      );
      expect(printed.trim().split('\n').length).toBe(sampleObjects(environment, stack).length);
    });

    it(`${environment}/${stack} becomes ready under the restricted Pod Security level`, async () => {
      const namespace = namespaceOf(environment, stack);
      const folder = folderOf(environment, stack);
      expect(readdirSync(folder).length).toBeGreaterThan(0);
      await cluster.kubectl('apply', '--server-side', '-f', folder);
      const workloads = (
        await cluster.kubectl(
          'get',
          'deployments,statefulsets',
          '-n',
          namespace,
          '-l',
          `cdk8s-serving/release=${release(environment, stack)}`,
          '-o',
          'name',
        )
      )
        .trim()
        .split('\n');
      expect(workloads.length).toBeGreaterThan(0);
      for (const workload of workloads) await cluster.kubectl('rollout', 'status', workload, '-n', namespace, '--timeout=60s');
    });

    const gates = join(folderOf(environment, stack), 'gates');
    if (!existsSync(gates)) continue;
    it(`${environment}/${stack}: the gate's pods start under the restricted level too`, async () => {
      const namespace = namespaceOf(environment, stack);
      const job =
        (await cluster.kubectl('apply', '--server-side', '-o', 'name', '-f', gates))
          .split('\n')
          .find((line) => line.startsWith('job')) ?? '';
      await cluster.kubectl('wait', '--for=condition=complete', job, '-n', namespace, '--timeout=60s');
    });
  }

  it('has as many pods as each environment says', async () => {
    const replicas = async (namespace: string) =>
      (
        await cluster.kubectl('get', 'deployment', 'fraud-model', '-n', namespace, '-o', 'jsonpath={.status.readyReplicas}')
      ).trim();
    expect([await replicas('team-fraud-dev'), await replicas('team-fraud-staging')]).toEqual(['1', '2']);
    // The autoscaler looks every 15 s, and owns the count.
    await vi.waitFor(async () => expect(await replicas('team-fraud-prod')).toBe('3'), { timeout: 60_000, interval: 1000 });
  });

  it('refuses a field that does not exist, so the dry run means something', async () => {
    const { writeFileSync } = await import('node:fs');
    const file = join(cluster.dir, 'wrong.yaml');
    const object = sampleObjects('dev', 'my-model').find(({ kind }) => kind === 'Service');
    writeFileSync(file, JSON.stringify({ ...object, spec: { ...(object?.spec as object), selectors: {} } }));
    await expect(cluster.kubectl('apply', '--server-side', '--dry-run=server', '--validate=strict', '-f', file)).rejects.toThrow(
      /selectors/,
    );
  });
});
