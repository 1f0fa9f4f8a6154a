import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { asFiles, rehearsal } from '../../../lib/rehearsal/rehearsal';
import { plan, type ReleaseOptions } from '../../../lib/release';

const NAMESPACE = 'here';
const WORKLOADS = 100;

/** What the pods of all models refer to, and the release does not bring: 300 Secrets and claims, and classes. */
const SURROUNDINGS: readonly KubeObject[] = [
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
  { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shared' } },
  { apiVersion: 'v1', kind: 'Service', metadata: { name: 'features', namespace: 'shared' }, spec: { ports: [{ port: 80 }] } },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: 'serving' }, value: 1000 } as KubeObject,
  ...Array.from({ length: WORKLOADS }, (_, i): readonly KubeObject[] => [
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: `token-${i}`, namespace: NAMESPACE }, data: { token: 'eA==' } },
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: `pull-${i}`, namespace: NAMESPACE }, data: {} },
    {
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name: `weights-${i}`, namespace: NAMESPACE },
      spec: { accessModes: ['ReadOnlyMany'], resources: { requests: { storage: '1Gi' } } },
    },
  ]).flat(),
];

/** A release of 500 objects. The pods of no two models are the same: names, versions, sums of settings, sizes of caches. */
function fleet(): readonly KubeObject[] {
  return Array.from({ length: WORKLOADS }, (_, i): readonly KubeObject[] => {
    const name = `model-${i}`;
    const labels = { app: name };
    const metadata = { name, namespace: NAMESPACE, labels: { ...labels, 'cdk8s-serving/release': 'fleet' } };
    const selector = { matchLabels: labels };
    const spec = {
      serviceAccountName: name,
      priorityClassName: 'serving',
      imagePullSecrets: [{ name: `pull-${i}` }],
      containers: [
        {
          name: 'server',
          image: `registry.example/model-${i % 7}:1.${i}`,
          args: [`--threads=${i}`],
          env: [
            { name: 'FEATURES', value: `http://features.shared.svc:80/${i}` },
            { name: 'TOKEN', valueFrom: { secretKeyRef: { name: `token-${i}`, key: 'token' } } },
          ],
          resources: { requests: { cpu: '1m' } },
        },
      ],
      volumes: [{ name: 'weights', persistentVolumeClaim: { claimName: `weights-${i}` } }],
    };
    const annotations = { 'checksum/settings': `${i}`.repeat(8) };
    return [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version: '1' } },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
      { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { maxUnavailable: 1, selector } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { replicas: 2, selector, template: { metadata: { labels, annotations }, spec } },
      },
    ];
  }).flat();
}

it('costs at most 25 requests to try the pods of 100 workloads and to look up all that they refer to', async () => {
  const here = rehearsal({ read: () => asFiles(fleet()), podBehavior: () => ({ startMs: 1, readyMs: 1, stopMs: 1 }) });
  for (const object of SURROUNDINGS) await here.run(here.engine().api.create(object));
  const requests = async (options: ReleaseOptions = {}) => {
    const seen: { readonly method: string; readonly path: string }[] = [];
    const stop = here.sandbox.intercept(({ phase, request }) => {
      if (phase !== 'after') seen.push(request);
      return undefined;
    });
    const { problems } = await here.run(plan(here.engine(), 'fleet', options));
    stop();
    // Claims that nothing binds here are what is found; all the rest is there.
    expect(problems.filter(({ message }) => !message.includes('is not bound'))).toEqual([]);
    return seen;
  };
  const all = await requests();
  const pods = all.filter(({ method, path }) => method === 'POST' && path.includes('/pods')).length;
  const lookups = all.length - (await requests({ ignoreMissing: true })).length;
  console.log(`plan of 500 objects: ${all.length} requests, ${pods} for pods, ${lookups} for what they refer to`);
  expect(pods).toBeGreaterThan(0);
  expect(lookups).toBeGreaterThan(0);
  expect(pods + lookups).toBeLessThanOrEqual(25);
});

it('names every workload whose pods are refused, however many there are', async () => {
  const here = rehearsal({ read: () => asFiles(fleet()), podBehavior: () => ({ startMs: 1, readyMs: 1, stopMs: 1 }) });
  const restricted = { 'pod-security.kubernetes.io/enforce': 'restricted' };
  for (const object of SURROUNDINGS) {
    const labels = object.kind === 'Namespace' ? { labels: restricted } : {};
    await here.run(here.engine().api.create({ ...object, metadata: { ...object.metadata, ...labels } }));
  }
  const { problems } = await here.run(plan(here.engine(), 'fleet', { ignoreMissing: true }));
  expect(problems.filter(({ code }) => code === 'POD_REFUSED').length).toBe(WORKLOADS);
});
