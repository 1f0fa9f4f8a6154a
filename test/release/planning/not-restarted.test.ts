import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import type { PlannedObject } from '../../../lib/release/model/plan';
import { podsNotRestarted } from '../../../lib/release/planning/not-restarted';

const of = (manifest: KubeObject, action: PlannedObject['action'], ...paths: string[]): PlannedObject => ({
  key: manifest.metadata.name,
  action,
  manifest,
  changes: paths.map((path) => ({ path })),
  conflicts: [],
});
const settings: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'flags', namespace: 'n' }, data: {} };
const workload = (more: { kind?: string; namespace?: string; annotations?: Record<string, string> } = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: more.kind ?? 'Deployment',
  metadata: { name: 'server', namespace: more.namespace ?? 'n', annotations: more.annotations ?? {} },
  spec: { template: { spec: { containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'flags' } }] }] } } },
});
const told = (...objects: PlannedObject[]) =>
  podsNotRestarted({ release: 'r', namespace: 'n', digest: '', objects, gates: [], problems: [] }).map(({ subject }) => subject);
const changed = of(settings, 'change', 'data.mode');

it('names a workload that stays while its settings change, also when only its replicas change', () => {
  expect(told(changed, of(workload(), 'unchanged'))).toEqual(['Deployment/server']);
  expect(told(changed, of(workload(), 'change', 'spec.replicas'))).toEqual(['Deployment/server']);
});

it.each<[string, PlannedObject, PlannedObject]>([
  ['a new template', changed, of(workload(), 'change', 'spec.template.metadata.annotations.checksum/flags')],
  ['a new workload', changed, of(workload(), 'create')],
  ['a change of labels only', of(settings, 'change', 'metadata.labels.a'), of(workload(), 'unchanged')],
  ['a CronJob, whose next pod reads them', changed, of(workload({ kind: 'CronJob' }), 'unchanged')],
  ['another namespace', changed, of(workload({ namespace: 'other' }), 'unchanged')],
  [
    'a controller that restarts pods',
    changed,
    of(workload({ annotations: { 'reloader.stakater.com/auto': 'true' } }), 'unchanged'),
  ],
])('reports nothing for %s', (_name, config, server) => {
  expect(told(config, server)).toEqual([]);
});
