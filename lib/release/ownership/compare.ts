import { canonical } from '../../kube/canonical';
import { digestOf } from '../../kube/digest';
import { at, fieldsAt, without } from '../../kube/fields';
import { withoutSecretValues } from '../../kube/hidden-values';
import type { KubeObject } from '../../kube/object';
import type { Conflict, FieldPolicy } from '../model/plan';
import type { RecordedObject } from '../model/record';
import { hasGrown, withLiveSize } from './claims';
import { dropPath, hasPath } from './conflicts';
import { extract, ownedBy, ownedDigest } from './fields';
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
export function isCompleted(wanted: KubeObject, recorded: RecordedObject | undefined): boolean {
  if (wanted.kind !== 'Job' || recorded?.digest === undefined) return false;
  return at(wanted, 'spec', 'ttlSecondsAfterFinished') !== undefined && recorded.digest === manifestDigest(wanted);
}

/** The digest of a manifest without secret values, which must not be guessable from a record; undefined for Secrets. */
export function manifestDigest(manifest: KubeObject): string | undefined {
  return manifest.kind === 'Secret' ? undefined : digestOf(canonical(withoutSecretValues(manifest)));
}

/** The digest of the fields this tool owns in an object, without secret values. */
export function recordedDigest(live: KubeObject, scaled: boolean): string | undefined {
  return ownedDigest(withoutSecretValues(live), scaled);
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
  const asked = (policy.ignore ?? []).reduce((rest, field) => dropPath(rest, field), object);
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
