import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect, type KubeApi, loadConnection } from '../../lib/client';
import type { KubeObject } from '../../lib/kube/object';
import type { Verdict } from '../../lib/release/pod-faults/finding';
import { verdict } from '../../lib/release/pod-faults/verdict';
import { readinessOf } from '../../lib/release/readiness';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';

/** What a test says about its pods: annotations `sim/…`, image, and fields of the pod's spec. */
interface Simulated {
  readonly sim?: Readonly<Record<string, string>>;
  readonly image?: string;
  readonly spec?: Readonly<Record<string, unknown>>;
}

const template = (name: string, { sim = {}, image = 'model:v1', spec = {} }: Simulated) => ({
  metadata: {
    labels: { app: name },
    annotations: Object.fromEntries(Object.entries(sim).map(([key, value]) => [`sim/${key}`, value])),
  },
  spec: { containers: [{ name: 'server', image, resources: { requests: { cpu: '1' } } }], ...spec },
});

const workload = (
  kind: string,
  name: string,
  simulated: Simulated = {},
  more: Readonly<Record<string, unknown>> = {},
  namespace = 'default',
) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { app: name } },
    ...(kind === 'DaemonSet' ? {} : { replicas: 2 }),
    ...(kind === 'StatefulSet' ? { serviceName: name } : {}),
    ...more,
    template: template(name, simulated),
  },
});

describe.skipIf(!hasCluster)('verdicts on a real control plane', () => {
  let cluster: TestCluster;
  let api: KubeApi;
  const stop = new AbortController();
  const watched: Promise<void>[] = [];
  const known: Record<'Pod' | 'ReplicaSet' | 'Event' | 'Deployment' | 'StatefulSet' | 'DaemonSet', Map<string, KubeObject>> = {
    Pod: new Map(),
    ReplicaSet: new Map(),
    Event: new Map(),
    Deployment: new Map(),
    StatefulSet: new Map(),
    DaemonSet: new Map(),
  };

  const follow = async (apiVersion: string, kind: keyof typeof known): Promise<void> => {
    for await (const event of api.watch({ apiVersion, kind }, stop.signal)) {
      const objects = event.type === 'reset' ? event.items : [event.object];
      for (const object of objects) {
        if (event.type === 'delete') known[kind].delete(`${object.metadata.uid}`);
        else known[kind].set(`${object.metadata.uid}`, object);
      }
    }
  };
  const judge = (applied: KubeObject, schedulingMs = 30_000): Verdict => {
    const kind = applied.kind as keyof typeof known;
    const now = known[kind].get(`${applied.metadata.uid}`) ?? applied;
    const live = {
      ...now,
      metadata: { ...now.metadata, generation: Math.max(now.metadata.generation ?? 0, applied.metadata.generation ?? 0) },
    };
    const [pods, replicaSets, events] = [[...known.Pod.values()], [...known.ReplicaSet.values()], [...known.Event.values()]];
    return verdict({ workload: live, pods, replicaSets, events, now: Date.now(), schedulingMs });
  };
  const eventually = (applied: KubeObject, expected: string, schedulingMs?: number) =>
    expect.poll(() => text(judge(applied, schedulingMs)), { timeout: 30_000, interval: 50 }).toContain(expected);
  const text = ({ kind, cause }: Verdict) => `${kind} ${cause.reason}: ${cause.message}`;
  const ready = (applied: KubeObject) =>
    expect
      .poll(
        () =>
          readinessOf(known[applied.kind as keyof typeof known].get(`${applied.metadata.uid}`), {
            generation: applied.metadata.generation ?? 0,
          }).status,
        {
          timeout: 30_000,
          interval: 50,
        },
      )
      .toBe('Current');

  beforeAll(async () => {
    cluster = await startCluster();
    api = await connect({ connection: loadConnection({ kubeconfig: cluster.kubeconfig }) });
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet', 'ReplicaSet'] as const) watched.push(follow('apps/v1', kind));
    for (const kind of ['Pod', 'Event'] as const) watched.push(follow('v1', kind));
  });
  afterAll(async () => {
    stop.abort();
    await Promise.all(watched);
    await api?.close();
    await cluster?.down();
  });

  it.each<[string, string, Simulated, string]>([
    ['an image tag that is missing', 'missing-tag', { image: 'model:missing' }, 'failed ImageNotFound'],
    ['an image that is not found', 'image-not-found', { sim: { outcome: 'image-not-found' } }, 'failed ImageNotFound'],
    ['a config error', 'config-error', { sim: { outcome: 'config-error' } }, 'failed ConfigError: secret not found'],
    [
      'a crash loop',
      'crash',
      { sim: { outcome: 'crash' } },
      'failed CrashLoop: Container server: failures 2, the last one exit code 1',
    ],
    [
      'too little memory',
      'oom',
      { sim: { outcome: 'oom' } },
      'failed OOMKilled: Container server: failures 2, the last one killed for using more memory than its limit',
    ],
    ['pods that are never ready', 'unready', { sim: { outcome: 'unready' } }, 'progressing NotReady'],
    ['pods that never start', 'pending', { sim: { outcome: 'pending' } }, 'progressing Starting'],
  ])('%s', async (_, name, simulated, expected) => {
    const applied = await api.apply(workload('Deployment', name, simulated));
    await eventually(applied, expected);
    const { evidence, since } = judge(applied);
    expect(evidence.pod).toMatch(new RegExp(`^${name}-`));
    expect(Date.now() - Date.parse(since)).toBeLessThan(60_000);
    await api.remove({ apiVersion: 'apps/v1', kind: 'Deployment', namespace: 'default', name });
  });

  it('an eviction is nobody’s fault', async () => {
    const applied = await api.apply(workload('Deployment', 'evict', { sim: { outcome: 'unready' } }, { replicas: 1 }));
    await eventually(applied, 'progressing NotReady');
    const status = { phase: 'Failed', reason: 'Evicted', message: 'The node was low on resource: memory.' };
    await cluster.kubectl(
      'patch',
      'pod',
      `${judge(applied).evidence.pod}`,
      '--subresource=status',
      '--type=merge',
      '-p',
      JSON.stringify({ status }),
    );
    await eventually(applied, 'progressing Evicted: The node was low on resource: memory.');
  });

  it('names exit code, last state, restarts and events of a crash', async () => {
    const applied = await api.apply(workload('Deployment', 'facts', { sim: { outcome: 'oom' } }, { replicas: 1 }));
    await eventually(applied, 'failed OOMKilled');
    await expect.poll(() => judge(applied).evidence.events.join()).toContain('BackOff: Back-off restarting failed container');
    expect(judge(applied).evidence).toMatchObject({ container: 'server', exitCode: 137, lastState: 'OOMKilled' });
    expect(judge(applied).evidence.restarts).toBeGreaterThanOrEqual(1);
  });

  it('judges StatefulSets and DaemonSets by their new pods as well', async () => {
    const set = await api.apply(workload('StatefulSet', 'sts', {}));
    const daemons = await api.apply(workload('DaemonSet', 'ds', {}));
    await Promise.all([ready(set), ready(daemons)]);
    const badSet = await api.apply(workload('StatefulSet', 'sts', { image: 'model:missing' }));
    const badDaemons = await api.apply(workload('DaemonSet', 'ds', { sim: { outcome: 'crash' } }));
    await Promise.all([eventually(badSet, 'failed ImageNotFound'), eventually(badDaemons, 'failed CrashLoop')]);
  });

  it('holds nothing against a new version that an old one did', async () => {
    const bad = await api.apply(workload('Deployment', 'mended', { sim: { outcome: 'crash' } }));
    await eventually(bad, 'failed CrashLoop');
    const good = await api.apply(workload('Deployment', 'mended', {}));
    const seen = new Set<string>();
    const noting = setInterval(() => seen.add(judge(good).kind), 5);
    await ready(good);
    clearInterval(noting);
    expect([...seen]).toEqual(['progressing']);
    // And the way back: a template that comes again gets its old ReplicaSet, under a new number.
    await eventually(await api.apply(workload('Deployment', 'mended', { sim: { outcome: 'crash' } })), 'failed CrashLoop');
  });

  it('finds no node, waits for one that is on its way, and says when none is', async () => {
    const huge = await api.apply(workload('Deployment', 'huge', { spec: { nodeSelector: { absent: 'yes' } } }, { replicas: 1 }));
    await eventually(huge, 'progressing Unschedulable: 0/', 30_000);
    await eventually(huge, 'stalled Unschedulable: 0/', 100);
    const pod = [...known.Pod.values()].find(({ metadata }) => metadata.name.startsWith('huge-'));
    const about = { apiVersion: 'v1', kind: 'Pod', namespace: 'default', name: pod?.metadata.name, uid: pod?.metadata.uid };
    const said = (reason: string) => ({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: reason.toLowerCase(), namespace: 'default' },
      involvedObject: about,
      reason,
      message: 'of the autoscaler',
      lastTimestamp: new Date().toISOString(),
    });
    await api.create(said('NotTriggerScaleUp'));
    await eventually(huge, 'NotTriggerScaleUp: of the autoscaler', 100);
    await new Promise((resolve) => setTimeout(resolve, 1100));
    await api.create(said('TriggeredScaleUp'));
    await eventually(huge, 'progressing ScalingUp', 100);
  });

  it('says at once that a quota or Pod Security lets no pod in', async () => {
    const namespace = (name: string, labels = {}) =>
      api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } });
    await namespace('tight');
    await namespace('strict', { 'pod-security.kubernetes.io/enforce': 'restricted' });
    await api.apply({
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: 'q', namespace: 'tight' },
      spec: { hard: { pods: '1' } },
    });
    for (const kind of ['Deployment', 'StatefulSet', 'DaemonSet']) {
      await eventually(await api.apply(workload(kind, 'many', {}, {}, 'strict')), 'failed PodSecurity');
    }
    await eventually(await api.apply(workload('Deployment', 'many', {}, {}, 'tight')), 'failed QuotaExceeded');
  });
});
