import { expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { asFiles, rehearsal } from '../../lib/rehearsal/rehearsal';
import { apply, plan } from '../../lib/release';
import { planPage } from '../../lib/report';
import { aroundChanges } from '../../lib/report/wiring-scope';
import { stack } from '../release/manifests';

const node = (id: string) => ({ id, name: id, role: 'workload', about: '', opensTo: [] }) as const;

it('keeps a small graph whole, and of a large one what changes and its neighbors', () => {
  const edges = [
    { from: 'caller', to: 'changed', by: ['URL'] },
    { from: 'changed', to: 'called', by: ['URL'] },
    { from: 'called', to: 'far', by: ['URL'] },
  ];
  const few = ['caller', 'changed', 'called', 'far'].map(node);
  const marks = new Map([
    ['changed', 'change'],
    ['far', 'unchanged'],
  ] as const);
  expect(aroundChanges({ nodes: few, edges }, marks)).toEqual({ graph: { nodes: few, edges }, omitted: 0 });
  const many = [...few, ...Array.from({ length: 100 }, (_, i) => node(`other-${i}`))];
  const { graph, omitted } = aroundChanges({ nodes: many, edges }, marks);
  expect(graph).toEqual({ nodes: few.slice(0, 3), edges: edges.slice(0, 2) });
  expect(omitted).toBe(101);
});

it('makes a page of at most 100 KB of ten changes in many models', async () => {
  const fleet = (changed: number): readonly KubeObject[] =>
    Array.from({ length: 200 }, (_, i) => {
      const objects = stack({ release: `m${i}`, namespace: 'here', version: i < changed ? 'v2' : 'v1' });
      return objects.map((object) => {
        const labels = { ...object.metadata.labels, 'cdk8s-serving/release': 'fleet' };
        return { ...object, metadata: { ...object.metadata, labels } };
      });
    }).flat();
  const here = rehearsal({ read: (path) => asFiles(fleet(Number(path))) });
  const engine = here.engine();
  await here.runRelease(apply(engine, '0', { createNamespace: true }));
  const proposal = await here.run(plan(engine, '5'));
  const page = planPage(proposal, { revisions: [] });
  expect(page).toContain('not shown: 195');
  expect(page).toContain('m4');
  expect(page.length).toBeLessThan(100_000);
});
