import type { Problem } from '../../errors/problem';
import { VERIFY_KEY_ANNOTATION } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import type { Plan } from '../model/plan';
import { ownedBy } from '../ownership/fields';

/**
 * Checks the origin of a release. It must be signed with the key named by its live objects; on an install, with the key named by
 * its manifests. Manifests cannot drop a key: a new key must come with an artifact signed by the previous one.
 */
export function signatureProblems({ release, objects }: Plan, { signedBy }: Pick<Desired, 'signedBy'>): readonly Problem[] {
  const live = objects.flatMap(({ live }) => (live !== undefined && ownedBy(live) !== undefined ? [live] : []));
  const before = keysOf(live);
  const demanded = before.length > 0 ? before : keysOf(objects.flatMap(({ manifest }) => manifest ?? []));
  if (demanded.length === 0 || (signedBy !== undefined && demanded.includes(signedBy))) return [];
  const message = signedBy === undefined ? 'takes signed artifacts only' : 'takes artifacts of another key only';
  const remedy = 'Apply the oci:// artifact that this key has signed, with --verify-key.';
  return [{ code: 'SIGNATURE_REQUIRED', subject: release, message, got: signedBy, expected: demanded.join(', '), remedy }];
}

function keysOf(objects: readonly KubeObject[]): readonly string[] {
  return [...new Set(objects.flatMap(({ metadata }) => metadata.annotations?.[VERIFY_KEY_ANNOTATION] ?? []))].sort();
}
