import { expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { madeByOthers, servicesMadeBy } from '../../lib/kube/providers';

const custom = (apiVersion: string, kind: string, spec: object): KubeObject => ({
  apiVersion,
  kind,
  metadata: { name: 'own', namespace: 'team' },
  spec,
});

it('takes names in custom resources as made by their controllers', () => {
  const certificate = custom('cert-manager.io/v1', 'Certificate', { secretName: 'web-tls' });
  const cluster = custom('postgresql.cnpg.io/v1', 'Cluster', { superuserSecret: { name: 'database' } });
  const made = madeByOthers([certificate, cluster]);
  expect(['web-tls', 'database', 'own'].map((name) => made.has(name))).toEqual([true, true, true]);
});

it.each([
  ['leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet'],
  ['ray.io/v1', 'RayService'],
  ['serving.kserve.io/v1beta1', 'InferenceService'],
  ['keda.sh/v1alpha1', 'ScaledObject'],
  ['monitoring.coreos.com/v1', 'ServiceMonitor'],
])('does not take what a kind only reads as made: %s, %s', (apiVersion, kind) => {
  const env = [{ name: 'HF_TOKEN', valueFrom: { secretKeyRef: { name: 'hugging-face', key: 'token' } } }];
  expect(madeByOthers([custom(apiVersion, kind, { template: { spec: { containers: [{ env }] } } })])).not.toContain(
    'hugging-face',
  );
});

it.each([
  ['serving.kserve.io/v1beta1', 'InferenceService', { predictor: {} }, ['own', 'own-predictor']],
  ['leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', {}, ['own']],
  [
    ...(['leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet'] as const),
    { replicas: 2, networkConfig: { subdomainPolicy: 'UniquePerReplica' } },
    ['own-0', 'own-1'],
  ],
  ['ray.io/v1', 'RayCluster', {}, ['own-head-svc']],
  ['ray.io/v1', 'RayService', {}, ['own-serve-svc', 'own-head-svc']],
  ['apps/v1', 'Deployment', {}, []],
])('knows the Services of %s, %s', (apiVersion, kind, spec, names) => {
  expect(servicesMadeBy(custom(apiVersion, kind, spec)).map(({ metadata }) => metadata.name)).toEqual(names);
});
