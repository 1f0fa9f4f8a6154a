import type { World } from '../api/world';
import { at, type Obj, textAt } from '../json';
import type { KindSchema } from '../schema/schema';
import { admitPod } from '../strategy/pod-defaults';
import { checkPodSecurity } from './pod-security';
import { checkQuota } from './quota';

/** Admission of a new object: pods get what the server gives every pod; quota and Pod Security may refuse. */
export function admitCreate(world: World, kind: KindSchema, object: Obj): void {
  if (kind.kind === 'Pod') {
    const accounts = world.registry.builtin('v1', 'ServiceAccount');
    const name = textAt(object, 'spec', 'serviceAccountName') || 'default';
    const account = world.store.get(accounts, textAt(object, 'metadata', 'namespace'), name);
    admitPod(object, () => world.newSuffix(), at(account, 'automountServiceAccountToken') !== false);
    checkPodSecurity(world, object);
  }
  checkQuota(world, kind, object);
}
