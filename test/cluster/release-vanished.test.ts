import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { apply, type ReleaseEvent } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster } from '../release/harness';
import { folder, gate, report, stack } from '../release/manifests';
import { asKubelet, newsOf, podOf, type Report } from './kubelet';

const container = { name: 'server', image: 'registry.test/fraud:v1', resources: { requests: { cpu: '10m', memory: '16Mi' } } };
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });
const variable = (valueFrom: object) => ({ containers: [{ ...container, env: [{ name: 'X', valueFrom }] }] });

/** What was there at the plan, what takes it away, and how a kubelet tells of it where the control plane does not by itself. */
interface Vanishing {
  readonly there: (namespace: string) => KubeObject;
  readonly pod: (namespace: string) => Readonly<Record<string, unknown>>;
  readonly vanish: (namespace: string) => readonly string[];
  readonly kubelet?: Report;
  readonly says: RegExp;
}

const claim = (namespace: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  metadata: { name: 'models', namespace },
  spec: { accessModes: ['ReadWriteMany'], storageClassName: 'late', resources: { requests: { storage: '1Gi' } } },
});
const secret = (namespace: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'token', namespace },
  stringData: { key: 'x' },
});

const limits = (namespace: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'LimitRange',
  metadata: { name: 'large', namespace },
  spec: { limits: [{ type: 'Pod', min: { memory: '1Gi' } }] },
});

const CASES: Readonly<Record<string, Vanishing>> = {
  'a claim': {
    there: claim,
    pod: () => volume({ persistentVolumeClaim: { claimName: 'models' } }),
    vanish: (namespace) => ['delete', 'pvc/models', '-n', namespace],
    says: /persistentvolumeclaim "models" not found/,
  },
  'a Secret': {
    there: secret,
    pod: () => volume({ secret: { secretName: 'token' } }),
    vanish: (namespace) => ['delete', 'secret/token', '-n', namespace],
    kubelet: { event: 'MountVolume.SetUp failed for volume "v" : secret "token" not found' },
    says: /secret "token" not found/,
  },
  'a key': {
    there: secret,
    pod: () => variable({ secretKeyRef: { name: 'token', key: 'key' } }),
    vanish: (namespace) => [
      'patch',
      'secret/token',
      '-n',
      namespace,
      '--type=json',
      '-p',
      '[{"op":"remove","path":"/data/key"}]',
    ],
    kubelet: { waiting: "couldn't find key key in Secret token" },
    says: /couldn't find key key in Secret/,
  },
  'a ConfigMap': {
    there: (namespace) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'flags', namespace }, data: { a: 'b' } }),
    pod: () => volume({ configMap: { name: 'flags' } }),
    vanish: (namespace) => ['delete', 'configmap/flags', '-n', namespace],
    kubelet: { event: 'MountVolume.SetUp failed for volume "v" : configmap "flags" not found' },
    says: /configmap "flags" not found/,
  },
  'the room of a LimitRange': {
    there: secret,
    pod: () => ({}),
    vanish: (namespace) => ['apply', '-f', folder([limits(namespace)])],
    says: /minimum memory usage per Pod is 1Gi/,
  },
  'a class': {
    there: (namespace) => ({
      apiVersion: 'scheduling.k8s.io/v1',
      kind: 'PriorityClass',
      metadata: { name: `late-${namespace}` },
      value: 10,
    }),
    pod: (namespace) => ({ priorityClassName: `late-${namespace}` }),
    vanish: (namespace) => ['delete', `priorityclass/late-${namespace}`],
    says: /no PriorityClass with name/,
  },
};

describe.skipIf(!hasCluster)('what vanishes after the plan', () => {
  let cluster: ReleaseCluster;
  let count = 0;
  beforeAll(async () => {
    cluster = await releaseCluster();
    const storage = { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', provisioner: 'csi.cloud.test' };
    await cluster.kubectl('apply', '-f', folder([{ ...storage, metadata: { name: 'late' } }]));
  });
  afterAll(() => cluster?.down());

  it.each(Object.entries(CASES))('%s: told within 2 s of the news, ended within 3 s, undone', async (_name, one) => {
    const namespace = await cluster.namespace(`vanished-${++count}`);
    await cluster.kubectl('apply', '-f', folder([one.there(namespace)]));
    // A gate gives the time between the plan and the first write.
    const gates = [gate({ namespace, report: report(0.94), sim: { 'job-delay': '2s' } })];
    const objects = stack({ namespace, gates, pod: one.pod(namespace), sim: { outcome: 'pending' } });
    const stop = new AbortController();
    const news = newsOf(cluster, namespace, one.says, stop.signal);
    const told: number[] = [];
    const vanishing: Promise<unknown>[] = [];
    const watch = (event: ReleaseEvent): void => {
      if (event.type === 'gate-started')
        vanishing.push(podOf(cluster, namespace, 'validate').then(() => cluster.kubectl(...one.vanish(namespace))));
      if (event.type === 'wave' && one.kubelet !== undefined && vanishing.length < 2)
        vanishing.push(asKubelet(cluster, namespace, 'fraud-', one.kubelet));
      if (one.says.test(JSON.stringify(event).replaceAll('\\"', '"'))) told.push(Date.now());
    };
    const { result, message } = await course(apply(cluster.engine, folder(objects)), watch);
    const ended = Date.now();
    await Promise.all(vanishing);
    const began = await news;
    stop.abort();
    expect([result.outcome, message]).toEqual(['rolled-back', expect.stringMatching(one.says)]);
    expect((told[0] ?? Number.POSITIVE_INFINITY) - began).toBeLessThanOrEqual(2000);
    expect(ended - began).toBeLessThanOrEqual(3000);
    const left = await cluster.kubectl('get', 'deployments,configmaps', '-n', namespace, '-o', 'name');
    expect(left.split('\n').filter((line) => !/kube-root-ca|^$/.test(line))).toEqual([]);
    console.log(`${_name}: told ${(told[0] ?? 0) - began} ms after the news, ended after ${ended - began} ms`);
  });
});
