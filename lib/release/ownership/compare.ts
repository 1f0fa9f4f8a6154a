import { canonical } from '../../kube/canonical';
import { at, fieldsAt, without } from '../../kube/fields';
import { withoutSecretValues } from '../../kube/hidden-values';
import type { KubeObject } from '../../kube/object';
import type { Conflict, FieldPolicy } from '../model/plan';
import type { RecordedObject } from '../model/record';
import { hasGrown, withLiveSize } from './claims';
import { dropPath, hasPath } from './conflicts';
import { extract, ownedBy } from './fields';
import { isStated } from './stated';

/**
 * Whether an object is in the cluster exactly as wanted, so that it needs no dry run. Only the live object counts. A digest in
 * the record would not be enough: anyone who can write it could pass off a change, or the lack of one, as nothing to do.
 */
export function isUnchanged(
  wanted: KubeObject,
  live: KubeObject,
  recorded: RecordedObject | undefined,
  scaled: boolean,
  policy: FieldPolicy = {},
): boolean {
  if (recorded?.uid === undefined || recorded.uid !== live.metadata.uid) return false;
  if (live.metadata.deletionTimestamp !== undefined) return false;
  return isStated(manifestFor(wanted, live, scaled, policy, recorded), live);
}

/** Whether a wanted object is a Job that ran with this content and was then removed by its TTL. */
export function isCompleted(wanted: KubeObject, recorded: RecordedObject | undefined, policy: FieldPolicy = {}): boolean {
  if (wanted.kind !== 'Job' || recorded?.uid === undefined) return false;
  if (at(wanted, 'spec', 'ttlSecondsAfterFinished') === undefined) return false;
  return canonical(withoutSecretValues(withoutIgnored(wanted, policy))) === canonical(recorded.manifest);
}

/** A manifest without the fields that the policy leaves to other managers. */
export function withoutIgnored(object: KubeObject, { ignore = [] }: FieldPolicy): KubeObject {
  return ignore.reduce(dropPath, object);
}

/**
 * The manifest to apply: without the fields left to other managers, and with replicas left to an autoscaler, if any. Replicas
 * that this tool owns keep their live value, because giving them up would reset them to 1.
 * A PVC that has grown keeps its size unless the manifest itself newly requests less: it is as recorded, or an earlier one.
 */
export function manifestFor(
  object: KubeObject,
  live: KubeObject | undefined,
  scaled: boolean,
  policy: FieldPolicy & { readonly keepSize?: boolean } = {},
  recorded?: RecordedObject,
): KubeObject {
  const asked = withoutIgnored(object, policy);
  const earlier = policy.keepSize === true || (recorded !== undefined && !hasGrown(object, recorded.manifest));
  const manifest = earlier && hasGrown(asked, live) ? withLiveSize(asked, live) : asked;
  if (!scaled || live === undefined) return manifest;
  const spec = fieldsAt(manifest, 'spec');
  const owned = at(ownedBy(live), 'f:spec', 'f:replicas') !== undefined;
  return { ...manifest, spec: owned ? { ...spec, replicas: at(live, 'spec', 'replicas') } : without(spec, 'replicas') };
}

/** Whether a conflict is about a field that the last revision set: then another client has edited our field. */
export function isDrift(conflict: Conflict, live: KubeObject | undefined, recorded: RecordedObject | undefined): boolean {
  return recorded !== undefined && recorded.uid === live?.metadata.uid && hasPath(recorded.manifest, conflict.field);
}

/** Whether our fields are the same as before, with the same values. */
export function isAsBefore(live: KubeObject, before: KubeObject): boolean {
  const [now, then] = [ownedBy(live), ownedBy(before)];
  if (now === undefined || then === undefined) return now === then;
  return canonical(now) === canonical(then) && canonical(extract(live, now)) === canonical(extract(before, then));
}
