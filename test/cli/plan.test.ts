import { describe, expect, it } from 'vitest';
import { planMarkdown, planText, printPlan } from '../../lib/cli/print/plan';
import { plain } from '../../lib/cli/print/style';
import type { KubeObject } from '../../lib/kube/object';
import type { Plan, PlannedObject } from '../../lib/release';
import { planView } from '../../lib/report/plan-view';

const labels = (component: string, name: string) => ({
  'app.kubernetes.io/component': component,
  'app.kubernetes.io/name': name,
});
const object = (kind: string, name: string, more: object = {}, component = 'model-server'): KubeObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace: 'team', labels: labels(component, 'fraud') },
  ...more,
});
const planned = (manifest: KubeObject, action: PlannedObject['action'], more: Partial<PlannedObject> = {}): PlannedObject => ({
  key: `${manifest.kind}/${manifest.metadata.name}`,
  action,
  manifest,
  changes: [],
  conflicts: [],
  ...more,
});
const version = { path: "metadata.labels['app.kubernetes.io/version']", from: 'v1', to: 'v2' };
const workload = { spec: { replicas: 3, template: { spec: { containers: [{ name: 'server', image: 'registry/fraud:v2' }] } } } };

const plan: Plan = {
  release: 'fraud',
  namespace: 'team',
  digest: 'd',
  problems: [],
  gates: [
    {
      name: 'validate',
      phase: 'before',
      job: object('Job', 'validate'),
      thresholds: { auc: { min: 0.92 }, latencyP99Ms: { max: 150 } },
      support: [],
    },
  ],
  objects: [
    planned(object('ConfigMap', 'new', {}, 'redis'), 'create'),
    planned(object('Deployment', 'cache', workload, 'redis'), 'create'),
    planned(object('Deployment', 'fraud', workload), 'change', {
      changes: [
        version,
        {
          path: 'spec.template.spec.containers[name=server].image',
          from: 'registry.company.com/fraud-model:v2.1.0',
          to: 'registry.company.com/fraud-model:v2.2.0',
        },
        { path: 'spec.paused', to: true },
        { path: 'spec.minReadySeconds', from: 5 },
      ],
    }),
    planned(object('Service', 'fraud'), 'change', { changes: [version] }),
    planned(object('Ingress', 'fraud'), 'change', { changes: [version] }),
    planned(object('Secret', 'password'), 'change', { changes: [{ path: 'data.password', from: '(secret)', to: '(secret)' }] }),
    planned(object('Role', 'other', { metadata: { name: 'other' } }), 'delete'),
    planned(object('Service', 'same'), 'unchanged'),
  ],
};

describe('a plan', () => {
  it('is grouped by component, objects of which the same is told together', () => {
    const view = planView(plan);
    expect(
      view.groups.map(({ title, entries }) => [title, ...entries.map(({ objects, action }) => `${action} ${objects.join('+')}`)]),
    ).toEqual([
      ['model-server fraud', 'change Deployment/fraud', 'change Service/fraud+Ingress/fraud', 'change Secret/password'],
      ['other', 'delete Role/other'],
      ['redis fraud', 'create ConfigMap/new', 'create Deployment/cache'],
    ]);
  });

  it('as text marks what is added and removed, field by field', () => {
    expect(planText(plan).split('\n')).toEqual([
      'model-server fraud',
      '  ~ change Deployment/fraud',
      "      ~ metadata.labels['app.kubernetes.io/version']: v1 → v2",
      '      ~ spec.template.spec.containers[name=server].image',
      '          - registry.company.com/fraud-model:v2.1.0',
      '          + registry.company.com/fraud-model:v2.2.0',
      '      + spec.paused: true',
      '      - spec.minReadySeconds: 5',
      '  ~ change Service/fraud, Ingress/fraud',
      "      ~ metadata.labels['app.kubernetes.io/version']: v1 → v2",
      '  ~ change Secret/password',
      '      ~ data.password: (secret) → (secret)',
      'other',
      '  - delete Role/other',
      'redis fraud',
      '  + create ConfigMap/new',
      '  + create Deployment/cache  3 × registry/fraud:v2',
      'gate validate (before: auc ≥ 0.92, latencyP99Ms ≤ 150)',
      'fraud in team: 2 to create, 4 to change, 1 to delete, 1 unchanged',
    ]);
  });

  it('fits the width of a terminal, as far as its words do', () => {
    const names = Array.from({ length: 30 }, (_, index) =>
      planned(object('Service', `service-${index}`), 'change', { changes: [version] }),
    );
    for (const line of planText({ ...plan, objects: names }, { paint: plain, width: 80 }).split('\n'))
      expect(line.length).toBeLessThanOrEqual(80);
  });

  it('of 500 objects is cut where it only goes by', () => {
    const names = Array.from({ length: 500 }, (_, index) => planned(object('Service', `service-${index}`), 'create'));
    const lines = planText({ ...plan, objects: names }, undefined, 60).split('\n');
    expect(lines).toHaveLength(63);
    expect(lines.slice(-3)).toEqual([
      '… and 441 lines more: see serving plan',
      expect.stringContaining('gate validate'),
      'fraud in team: 500 to create',
    ]);
  });

  it('as Markdown folds each component, and colours its lines', () => {
    expect(planMarkdown(plan).split('\n').slice(0, 22)).toEqual([
      '### Plan: fraud in team',
      '',
      '2 to create, 4 to change, 1 to delete, 1 unchanged',
      '',
      '<details open><summary><b>model-server fraud</b>: 4 to change</summary>',
      '',
      '```diff',
      '! change Deployment/fraud',
      "-     metadata.labels['app.kubernetes.io/version']: v1",
      "+     metadata.labels['app.kubernetes.io/version']: v2",
      '-     spec.template.spec.containers[name=server].image: registry.company.com/fraud-model:v2.1.0',
      '+     spec.template.spec.containers[name=server].image: registry.company.com/fraud-model:v2.2.0',
      '+     spec.paused: true',
      '-     spec.minReadySeconds: 5',
      '! change Service/fraud',
      '! change Ingress/fraud',
      "-     metadata.labels['app.kubernetes.io/version']: v1",
      "+     metadata.labels['app.kubernetes.io/version']: v2",
      '! change Secret/password',
      '-     data.password: (secret)',
      '+     data.password: (secret)',
      '```',
    ]);
  });

  it('breaks out of no Markdown, whatever a value is', () => {
    const evil = planned(object('ConfigMap', 'evil'), 'change', {
      changes: [{ path: 'data.x', from: 'a', to: '```\n<script>' }],
    });
    const problem = { code: 'USAGE', subject: '<b>a|b</b>', message: 'x', remedy: 'y' } as const;
    const desired = { release: 'fraud', namespace: 'team', objects: [], gates: [], sources: new Map() };
    const text = printPlan({ plan: { ...plan, objects: [evil] }, problems: [problem], desired }, 'markdown');
    expect(text.split('```')).toHaveLength(3);
    expect(text).toContain('> ❌ &lt;b>a\\|b&lt;/b>: x. y \\[USAGE\\]');
  });
});
