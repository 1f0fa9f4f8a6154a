import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { apply, type ReleaseEvent } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster } from '../release/harness';
import { folder, gate, report, stack } from '../release/manifests';
import { asKubelet, newsOf, type Report } from './kubelet';

type Fields = Readonly<Record<string, unknown>>;

/** Why a pod can never start: what it refers to, and what a kubelet reports where the control plane does not by itself. */
interface Fault {
  readonly pod: (container: Fields) => Fields;
  readonly kubelet?: readonly Report[];
  readonly says: RegExp;
}

const env = (container: Fields, valueFrom: object) => ({ containers: [{ ...container, env: [{ name: 'X', valueFrom }] }] });
const volume = (container: Fields, source: object) => ({ containers: [container], volumes: [{ name: 'v', ...source }] });
const NO_HOST = 'failed to pull image "a.test/x:1": dial tcp: lookup a.test: no such host';

const FAULTS: Readonly<Record<string, Fault>> = {
  'a claim': {
    pod: (container) => volume(container, { persistentVolumeClaim: { claimName: 'models' } }),
    says: /persistentvolumeclaim "models" not found/,
  },
  'a Secret': {
    pod: (container) => volume(container, { secret: { secretName: 'token' } }),
    kubelet: [{ event: 'MountVolume.SetUp failed for volume "v" : secret "token" not found' }],
    says: /secret "token" not found/,
  },
  'a key': {
    pod: (container) => env(container, { secretKeyRef: { name: 'token', key: 'key' } }),
    kubelet: [{ waiting: "couldn't find key key in Secret token" }],
    says: /couldn't find key key in Secret/,
  },
  'a ConfigMap': {
    pod: (container) => volume(container, { configMap: { name: 'flags' } }),
    kubelet: [{ event: 'MountVolume.SetUp failed for volume "v" : configmap "flags" not found' }],
    says: /configmap "flags" not found/,
  },
  'the host of the registry, for a minute': {
    pod: (container) => ({ containers: [container] }),
    kubelet: [
      { waiting: NO_HOST, reason: 'ErrImagePull' },
      { event: NO_HOST, reason: 'Failed', since: 70_000 },
    ],
    says: /no such host/,
  },
};

/** Where a release waits for a pod: how its objects are made, and how the pod's name begins. */
interface Wait {
  readonly objects: (namespace: string, pod: Fault['pod']) => readonly KubeObject[];
  readonly start: string;
  readonly outcome: 'rejected' | 'rolled-back';
}

const container = { name: 'server', image: 'registry.test/fraud:v1', resources: { requests: { cpu: '10m', memory: '16Mi' } } };
const pending = { outcome: 'pending' };

const WAITS: Readonly<Record<string, Wait>> = {
  rollout: {
    objects: (namespace, pod) => stack({ namespace, sim: pending, pod: pod(container) }),
    start: 'fraud-',
    outcome: 'rolled-back',
  },
  'gate Job': {
    objects: (namespace, pod) => {
      const job = gate({ namespace, report: report(0.94), sim: pending });
      const spec = job.spec as { readonly template: { readonly spec: Fields } };
      const template = { ...spec.template, spec: { ...spec.template.spec, ...pod(container) } };
      return stack({ namespace, gates: [{ ...job, spec: { ...spec, template } }] });
    },
    start: 'validate-',
    outcome: 'rejected',
  },
  candidate: {
    objects: (namespace, pod) =>
      stack({
        namespace,
        sim: pending,
        pod: pod(container),
        gates: [gate({ namespace, phase: 'candidate', report: report(0.94) })],
      }),
    start: 'fraud-candidate-',
    outcome: 'rejected',
  },
};

const PLACES = Object.entries(WAITS).flatMap(([place, wait]) =>
  Object.entries(FAULTS).map(([name, fault]) => [place, name, wait, fault] as const),
);

describe.skipIf(!hasCluster)('a pod that can never start', () => {
  let cluster: ReleaseCluster;
  let count = 0;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  it.each(PLACES)(
    'of a %s without %s: reported within 2 s of the news, ended within 3 s, undone',
    async (_place, _name, wait, one) => {
      const namespace = await cluster.namespace(`never-${++count}`);
      const stop = new AbortController();
      const news = newsOf(cluster, namespace, one.says, stop.signal);
      const told: { readonly type: ReleaseEvent['type']; readonly at: number }[] = [];
      const watch = (event: ReleaseEvent): void => {
        if (one.says.test(JSON.stringify(event).replaceAll('\\"', '"'))) told.push({ type: event.type, at: Date.now() });
      };
      const kubelet = (async () => {
        for (const said of one.kubelet ?? []) await asKubelet(cluster, namespace, wait.start, said);
      })();
      const { result, message } = await course(
        apply(cluster.engine, folder(wait.objects(namespace, one.pod)), { ignoreMissing: true }),
        watch,
      );
      const ended = Date.now();
      await kubelet;
      const began = await news;
      stop.abort();
      expect([result.outcome, message]).toEqual([wait.outcome, expect.stringMatching(one.says)]);
      // A typed event about the pod, and not just the end.
      expect(told[0]?.type).toBe('pod');
      expect((told[0]?.at ?? Number.POSITIVE_INFINITY) - began).toBeLessThanOrEqual(2000);
      expect(ended - began).toBeLessThanOrEqual(3000);
      const left = await cluster.kubectl('get', 'deployments,configmaps,jobs', '-n', namespace, '-o', 'name');
      expect(left.split('\n').filter((line) => !/kube-root-ca|^$/.test(line))).toEqual([]);
    },
  );
});
