import { expect, it } from 'vitest';
import { ApiError } from '../../../lib/client/errors';
import { conflictsOf, dropPath, hasPath } from '../../../lib/release/ownership/conflicts';

const OBJECT = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'a', labels: { 'app.kubernetes.io/name': 'x' } },
  spec: {
    containers: [
      { name: 'server', image: 'i' },
      { name: 'other', ports: [{ containerPort: 80, protocol: 'TCP' }] },
    ],
  },
};

it('reads field and manager out of a refusal', () => {
  const causes = [
    {
      reason: 'FieldManagerConflict',
      field: '.spec.replicas',
      message: 'conflict with "kubectl-edit" using apps/v1: .spec.replicas',
    },
  ];
  expect(conflictsOf(new ApiError(409, { details: { causes } }, 'x'))).toEqual([
    { field: 'spec.replicas', manager: 'kubectl-edit' },
  ]);
  expect(conflictsOf(new ApiError(409, { message: 'the object has been modified' }, 'x'))).toEqual([]);
  expect(conflictsOf(new Error('x'))).toEqual([]);
});

it.each([
  ['.spec.containers[name="server"].image', true],
  ['.spec.containers[name="other"].ports[containerPort=80,protocol="TCP"].protocol', true],
  ['.metadata.labels.app.kubernetes.io/name', true],
  ['.spec.containers[name="server"].command', false],
  ['.spec.containers[name="third"].image', false],
  ['.spec.containersX', false],
])('finds %s: %s', (path, there) => {
  expect(hasPath(OBJECT, path)).toBe(there);
});

it('drops exactly one field, and leaves the original alone', () => {
  const before = JSON.stringify(OBJECT);
  const [server, other] = OBJECT.spec.containers;
  expect(dropPath(OBJECT, '.spec.containers[name="server"].image').spec).toEqual({ containers: [{ name: 'server' }, other] });
  expect(dropPath(OBJECT, '.spec.containers[name="other"]').spec).toEqual({ containers: [server] });
  expect(dropPath(OBJECT, '.metadata.labels.app.kubernetes.io/name').metadata).toEqual({ name: 'a', labels: {} });
  expect(dropPath(OBJECT, '.spec.nothing')).toEqual(OBJECT);
  expect(dropPath(OBJECT, '.metadata.name')).toEqual(OBJECT);
  expect(JSON.stringify(OBJECT)).toBe(before);
});
