import { expect, test } from 'vitest';
import { loadSchema } from '../../lib/api-schema/schema';
import { validate } from '../../lib/api-schema/validate';
import { deployment } from '../sandbox/ask';

const type = (kind: string) => {
  const found = loadSchema().byKind.get(kind);
  if (found === undefined) throw new Error(`no ${kind}`);
  return found.type;
};

test('a sound manifest has no problems', () => {
  expect(validate(deployment('web'), type('apps/v1 Deployment'))).toEqual([]);
});

test('unknown fields are all named, a wrong type in the words of the server', () => {
  const spec = { replicas: '2', template: { spec: { containers: [{ name: 'c', imagePullPolice: 'Always' }] } }, foo: 1 };
  expect(validate({ spec }, type('apps/v1 Deployment'))).toEqual([
    {
      path: 'spec.template.spec.containers[0].imagePullPolice',
      message: 'unknown field "spec.template.spec.containers[0].imagePullPolice"',
    },
    { path: 'spec.foo', message: 'unknown field "spec.foo"' },
    {
      path: 'spec.replicas',
      message: 'json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32',
    },
  ]);
});

test('every kind of the project that a bare cluster has is in the data', () => {
  const kinds = [...loadSchema().byKind.keys()];
  expect(kinds).toEqual(
    expect.arrayContaining([
      'v1 Pod',
      'apps/v1 StatefulSet',
      'batch/v1 Job',
      'coordination.k8s.io/v1 Lease',
      'policy/v1 PodDisruptionBudget',
    ]),
  );
});
