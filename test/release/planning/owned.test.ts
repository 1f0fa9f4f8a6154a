import { expect, it } from 'vitest';
import { planText } from '../../../lib/cli/print/plan';
import type { KubeObject } from '../../../lib/kube/object';
import { asFiles } from '../../../lib/rehearsal/rehearsal';
import { type Engine, plan } from '../../../lib/release';
import { gate, report } from '../manifests';
import { config, onSandbox } from '../on-sandbox';

it('names what the garbage collector takes along with an object that leaves', async () => {
  const place = await onSandbox();
  expect((await place.release([config('parent', '1'), config('other', '1')])).result.outcome).toBe('succeeded');
  const uid = place.find('ConfigMap', 'parent')?.metadata.uid ?? '';
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid };
  const child: KubeObject = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'child', namespace: 'team', ownerReferences: [owner] },
  };
  await place.run(place.api.create(child));
  const { host } = place.engine;
  const engine: Engine = {
    ...place.engine,
    host: { ...host, read: () => ({ path: 'fraud', files: asFiles([config('other', '2')]), unread: [], problems: [] }) },
  };
  const { plan: planned } = await place.run(plan(engine, 'fraud'));
  expect(planned.objects.find(({ live }) => live?.metadata.name === 'parent')?.takesAlong).toEqual(['ConfigMap/child']);
  expect(planText(planned)).toContain('takes along ConfigMap/child');
});

it('names what the garbage collector took along with a replaced object in the plan, and again in its rollback', async () => {
  const fixed = (value: string): KubeObject => ({ ...config('parent', value), immutable: true });
  const place = await onSandbox();
  expect((await place.release([fixed('1')])).result.outcome).toBe('succeeded');
  const uid = place.find('ConfigMap', 'parent')?.metadata.uid ?? '';
  const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: 'parent', uid };
  // Of another release: it has its labels, and an owner in this one.
  const labels = { 'cdk8s-serving/release': 'neighbor' };
  await place.run(
    place.api.create({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'child', namespace: 'team', labels, ownerReferences: [owner] },
    }),
  );
  const refusing = gate({ namespace: 'team', phase: 'after', report: report(0.1) });
  const labelled = { ...refusing, metadata: { ...refusing.metadata, labels: { 'cdk8s-serving/release': 'fraud' } } };
  const { result, events } = await place.release([fixed('2'), labelled], { allowReplace: true });
  const told = events.flatMap((event) =>
    event.type === 'warning' && event.problem.code === 'RESTORED_OTHERWISE'
      ? [[event.problem.subject, event.problem.got] as const]
      : [],
  );
  const planned = events.flatMap((event) => (event.type === 'planned' ? event.plan.objects : []));
  expect(planned).toMatchObject([{ action: 'replace', takesAlong: ['ConfigMap/child'] }]);
  expect([result.outcome, place.find('ConfigMap', 'parent')?.data]).toEqual(['rolled-back', { value: '1' }]);
  expect(told).toEqual([['ConfigMap/parent', ['ConfigMap/child']]]);
});
