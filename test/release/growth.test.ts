import { expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, type Rehearsal, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, type Engine, plan, rollback, status, uninstall } from '../../lib/release';
import { steep, type Work, workDuring } from '../harness/work';

const NAMESPACE = 'here';

/** Models of five objects and two pods each, spread over nodes as the constructs spread theirs. */
function fleet(count: number, version: string): readonly KubeObject[] {
  return Array.from({ length: count }, (_, i): readonly KubeObject[] => {
    const name = `model-${i}`;
    const labels = { app: name };
    const metadata = { name, namespace: NAMESPACE, labels: { ...labels, 'cdk8s-serving/release': 'fleet' } };
    const selector = { matchLabels: labels };
    const constraint = { maxSkew: 1, topologyKey: 'kubernetes.io/hostname', whenUnsatisfiable: 'ScheduleAnyway' };
    const spec = {
      containers: [{ name: 'server', image: `registry.example/model:${version}`, resources: { requests: { cpu: '1m' } } }],
      topologySpreadConstraints: [{ ...constraint, labelSelector: selector }],
    };
    return [
      { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
      { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { version } },
      { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
      { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { maxUnavailable: 1, selector } },
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata,
        spec: { replicas: 2, selector, template: { metadata: { labels }, spec } },
      },
    ];
  }).flat();
}

const name = { release: 'fleet', namespace: NAMESPACE };

/** What is done one after the other; each begins with what the one before has left. */
type Step = (here: Rehearsal, engine: Engine, count: number) => Promise<unknown>;
const applied =
  (version: string): Step =>
  (here, engine, count) =>
    here.runRelease(apply(engine, `${count} ${version}`, { createNamespace: true }));
const STEPS: readonly (readonly [string, Step])[] = [
  ['install', applied('v1')],
  ['nothing changed', applied('v1')],
  ['status', (here, engine) => here.run(status(engine, name))],
  ['plan of a change of everything', (here, engine, count) => here.run(plan(engine, `${count} v2`))],
  ['upgrade', applied('v2')],
  ['a failed upgrade, undone', applied('crash')],
  ['rollback', (here, engine) => here.runRelease(rollback(engine, name))],
  ['uninstall', (here, engine) => here.runRelease(uninstall(engine, name))],
];

it('does work in proportion to objects, whatever is done', async () => {
  const work = async (count: number) => {
    const here = rehearsal({
      read: (path) => {
        const [models, version = ''] = path.split(' ');
        return asFiles(fleet(Number(models), version));
      },
      podBehavior: (pod) => (/crash/.test(JSON.stringify(pod.spec)) ? { outcome: 'crash' } : undefined),
    });
    const engine = here.engine();
    const steps: Work[] = [];
    for (const [, step] of STEPS) steps.push(await workDuring(() => step(here, engine, count)));
    return steps;
  };
  await work(2); // what runs only once
  const [few, many] = [await work(8), await work(32)];
  const pairs = STEPS.flatMap(([title], i) => {
    const [a, b] = [few[i], many[i]];
    return a && b ? [{ title, few: a, many: b, exponent: Math.log(b.steps / a.steps) / Math.log(4) }] : [];
  });
  console.log(pairs.map(({ title, exponent }) => `${title}: ${exponent.toFixed(2)}`).join(', '));
  expect(pairs).toHaveLength(STEPS.length);
  expect(Math.min(...few.map(({ steps }) => steps))).toBeGreaterThan(5_000);
  expect(pairs.flatMap(({ title, exponent }) => (exponent < 1.1 ? [] : [title]))).toEqual([]);
  expect(pairs.flatMap((pair) => steep(pair.few, pair.many, 4).map((place) => `${pair.title}: ${place}`))).toEqual([]);
}, 60_000);
