import { expect, it } from 'vitest';
import { fieldsAt, numberAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import { asFiles, rehearsal } from '../../../lib/rehearsal/rehearsal';
import { apply } from '../../../lib/release';
import { stack } from '../manifests';

const NAMESPACE = 'team';
const DEFINITION: KubeObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'scaledobjects.keda.sh' },
  spec: {
    group: 'keda.sh',
    scope: 'Namespaced',
    names: { plural: 'scaledobjects', singular: 'scaledobject', kind: 'ScaledObject', listKind: 'ScaledObjectList' },
    versions: [
      {
        name: 'v1alpha1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: { spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
          },
        },
      },
    ],
  },
};
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
  const folders: Readonly<Record<string, readonly KubeObject[]>> = {
    fixed: stack({ namespace: NAMESPACE, replicas: 5 }),
    keda: stack({ namespace: NAMESPACE, more: [scaledObject] }).map(without),
  };
  const here = rehearsal({ read: (path) => asFiles(folders[path] ?? []) });
  const { api } = here.engine('admin');
  await here.run(api.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } }));
  await here.run(api.create(DEFINITION));
  await here.run(here.sandbox.clock.sleep(1_000));
  const release = async (folder: string) => (await here.runRelease(apply(here.engine(folder), folder))).result;
  expect((await release('fixed')).outcome).toBe('succeeded');
  const { outcome, problems } = await release('keda');
  expect([outcome, problems]).toEqual(['succeeded', []]);
  expect(numberAt(here.sandbox.get('apps/v1', 'Deployment', NAMESPACE, 'fraud'), 'spec', 'replicas')).toBe(5);
});
