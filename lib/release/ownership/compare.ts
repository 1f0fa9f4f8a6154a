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
 * Whether an object is in the cluster exactly as wanted, so that it needs no dry run. The live object says so itself. A digest in the record
 * would not do: whoever can write it could have a change, or the absence of one, passed off as nothing to do.
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

/** Whether a wanted object is a Job that has run with this content and was then removed, as its time to live says. */
export function isCompleted(wanted: KubeObject, recorded: RecordedObject | undefined): boolean {
  if (wanted.kind !== 'Job' || recorded?.digest === undefined) return false;
  return at(wanted, 'spec', 'ttlSecondsAfterFinished') !== undefined && recorded.digest === manifestDigest(wanted);
}

/** The digest of a manifest without its secret values, which are not to be guessed from a record; none for Secrets. */
export function manifestDigest(manifest: KubeObject): string | undefined {
  return manifest.kind === 'Secret' ? undefined : digestOf(canonical(withoutSecretValues(manifest)));
}

/** The digest of what this tool owns in an object, without secret values. */
export function recordedDigest(live: KubeObject, scaled: boolean): string | undefined {
  return ownedDigest(withoutSecretValues(live), scaled);
}

/**
 * What will be applied: the manifest without the fields that are left to others, and with its replicas left to the autoscaler
 * when there is one. While this tool alone owns them they stay as they are, since giving them up would reset them to 1.
 * A claim that has grown keeps its size where the manifest is not what asks for less: it is as recorded, or an earlier one.
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

/** Whether a conflict is about a field that the last revision had set: then another client has edited our field. */
export function isDrift(conflict: Conflict, live: KubeObject | undefined, recorded: RecordedObject | undefined): boolean {
  return recorded !== undefined && recorded.uid === live?.metadata.uid && hasPath(recorded.manifest, conflict.field);
}

/** Whether our fields are the same ones, with the same values, as before. */
export function isAsBefore(live: KubeObject, before: KubeObject): boolean {
  const [now, then] = [ownedBy(live), ownedBy(before)];
  if (now === undefined || then === undefined) return now === then;
  return canonical(now) === canonical(then) && canonical(extract(live, now)) === canonical(extract(before, then));
}
