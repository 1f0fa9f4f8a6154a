import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCluster } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster } from '../release/harness';
import { type GateOptions, gate, report, stack } from '../release/manifests';

describe.skipIf(!hasCluster)('proof that does not come from the gate', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  const install = (namespace: string, options: Omit<GateOptions, 'namespace'>) =>
    cluster.apply(stack({ namespace, gates: [gate({ namespace, ...options })] }));

  it('is not taken from a pod that another user made with the labels and the owner of the Job', async () => {
    const namespace = await cluster.namespace('adopted');
    // The Job's own pod never ends, so that the Job controller counts the other one.
    const running = install(namespace, { sim: { outcome: 'hang' } });
    let job: { metadata: { name: string; uid: string } } | undefined;
    await expect
      .poll(
        async () => {
          const { items } = await cluster.engine.api.list({ apiVersion: 'batch/v1', kind: 'Job', namespace });
          job = items[0] as unknown as typeof job;
          return items.length;
        },
        { timeout: 20_000 },
      )
      .toBe(1);
    if (job === undefined) throw new Error('no Job');
    const { name, uid } = job.metadata;
    await cluster.engine.api.create({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'forged',
        namespace,
        labels: {
          'batch.kubernetes.io/job-name': name,
          'batch.kubernetes.io/controller-uid': uid,
          'job-name': name,
          'controller-uid': uid,
        },
        annotations: { 'sim/termination-message': report(0.99) },
        finalizers: ['batch.kubernetes.io/job-tracking'],
        ownerReferences: [{ apiVersion: 'batch/v1', kind: 'Job', name, uid, controller: true, blockOwnerDeletion: true }],
      },
      spec: { restartPolicy: 'Never', containers: [{ name: 'validator', image: 'registry.test/forged:v1' }] },
    });
    const course = await running;
    expect(course.exitCode).toBe(4);
    expect(course.message).toMatch(/proved nothing: (its pod is not the one that the Job describes|2 pods have run for it)/);
    expect([...(await cluster.objects(namespace, 'deployment')).keys()]).toEqual([]);
  }, 60_000);

  it.each([
    ['shares', 'a fraction above 1', { report: report(95) }, 'auc cannot be 95'],
    ['negative', 'a negative latency', { report: report(0.95, -1) }, 'latencyP99Ms cannot be -1'],
    ['samples', 'no samples', { report: '{"v":1,"metrics":{"auc":0.95,"latencyP99Ms":1},"samples":0}' }, 'measured 0 samples'],
    ['nonce', 'a report of no run', { report: report(0.95), nonce: true }, 'does not name the nonce in GATE_NONCE'],
  ])('is inconclusive with %s: %s', async (namespace, _title, options, reason) => {
    await cluster.namespace(namespace);
    const course = await install(namespace, options);
    expect(course.exitCode).toBe(4);
    expect(course.message).toContain(reason);
    expect([...(await cluster.objects(namespace, 'deployment')).keys()]).toEqual([]);
  });

  it('is believed of the pod that the Job has made, with all that admission adds to it', async () => {
    const namespace = await cluster.namespace('honest');
    const limits = { limits: [{ type: 'Container', default: { cpu: '1' }, defaultRequest: { cpu: '10m' } }] };
    await cluster.engine.api.create({
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: 'usual', namespace },
      spec: limits,
    });
    expect((await install(namespace, { report: report(0.95) })).exitCode).toBe(0);
  });
});
