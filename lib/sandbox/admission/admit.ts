import { admitPod } from '../../api-schema/rules/pod-defaults';
import type { KindSchema } from '../../api-schema/schema';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import type { World } from '../core/world';
import { checkPodSecurity } from './pod-security';
import { checkQuota } from './quota';

/** Admits a new object: pods get the server's defaults; quota and Pod Security may reject it. */
export function admitCreate(world: World, kind: KindSchema, object: Obj): void {
  if (kind.kind === 'Pod') {
    const accounts = world.registry.builtin('v1', 'ServiceAccount');
    const name = textOrEmpty(object, 'spec', 'serviceAccountName') || 'default';
    const account = world.store.get(accounts, textOrEmpty(object, 'metadata', 'namespace'), name);
    admitPod(object, () => world.newSuffix(), at(account, 'automountServiceAccountToken') !== false);
    checkPodSecurity(world, object);
  }
  checkQuota(world, kind, object);
}
