import { expect, it } from 'vitest';
import { isBuiltIn, isNamedBuiltIn } from '../../lib/kube/kinds';

it.each([
  ['v1', true, true],
  ['apps/v1', true, true],
  ['rbac.authorization.k8s.io/v1', true, true],
  ['resource.k8s.io/v1', true, true],
  ['gateway.networking.k8s.io/v1', false, true],
  ['snapshot.storage.k8s.io/v1', false, true],
  ['leaderworkerset.x-k8s.io/v1', false, false],
  ['serving.kserve.io/v1beta1', false, false],
])('%s: served by Kubernetes itself %j, named like it %j', (apiVersion, own, named) => {
  expect([isBuiltIn({ apiVersion }), isNamedBuiltIn({ apiVersion })]).toEqual([own, named]);
});
