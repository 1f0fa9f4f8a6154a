import { expect, it } from 'vitest';
import { planText } from '../../../lib/cli/print/plan';
import type { KubeObject } from '../../../lib/kube/object';
import { asFiles } from '../../../lib/rehearsal/rehearsal';
import { type Engine, plan } from '../../../lib/release';
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
