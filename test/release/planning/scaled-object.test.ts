import { expect, it } from 'vitest';
import { fieldsAt, numberAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import { openDefinition } from '../../../lib/rehearsal/traffic';
import { stack } from '../manifests';
import { onSandbox } from '../on-sandbox';

const NAMESPACE = 'team';
const scaledObject = {
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'fraud', namespace: NAMESPACE },
  spec: { scaleTargetRef: { name: 'fraud' }, triggers: [] },
};

it('a switch from a fixed count to KEDA loses no replica', async () => {
  const without = (object: KubeObject): KubeObject => {
    if (object.kind !== 'Deployment') return object;
    const { replicas: _count, ...spec } = fieldsAt(object, 'spec');
    return { ...object, spec };
  };
  const place = await onSandbox();
  await place.run(place.api.create(openDefinition(scaledObject)));
  await place.run(place.here.sandbox.clock.sleep(1_000));
  expect((await place.release(stack({ namespace: NAMESPACE, replicas: 5 }))).result.outcome).toBe('succeeded');
  const { outcome, problems } = (await place.release(stack({ namespace: NAMESPACE, more: [scaledObject] }).map(without))).result;
  expect([outcome, problems]).toEqual(['succeeded', []]);
  expect(numberAt(place.find('Deployment', 'fraud'), 'spec', 'replicas')).toBe(5);
});
