import { ApiError } from '../../client/errors';
import type { Problem } from '../../errors/problem';
import { listAt, numberAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { withAllocated } from '../ownership/allocated';
import { hasGrown, keepsSize, withLiveSize } from '../ownership/claims';
import { conflictsOf, dropPath } from '../ownership/conflicts';
import { manifestOf, ownedBy, union } from '../ownership/fields';
import { asManaged, asRecreated, formerFields, othersFields, othersOf } from '../ownership/takeover';
import { contentOf } from '../planning/diff';
import type { Session } from '../record/session';
import { setManagers } from '../writing/managers';

/** Restores the values that a release has changed in an object, and leaves what other clients have changed since. */
export async function restoreValues(session: Session, before: KubeObject, live: KubeObject): Promise<void> {
  const earlier = restoring(before, live);
  if (hasGrown(earlier, live)) session.run.emit({ type: 'warning', problem: keepsSize(earlier, live) });
  const manifest = hasGrown(earlier, live) ? withLiveSize(earlier, live) : earlier;
  await withAllocations(session, manifest, before, live, (more) => putBack(session, more, live));
}

/** Recreates an object in its previous state, including other managers' fields. */
export async function createAgain(session: Session, before: KubeObject, takenAlong: readonly string[]): Promise<void> {
  if (takenAlong.length > 0) session.run.emit({ type: 'warning', problem: restoredAlone(before, takenAlong) });
  const manifest = restoring(before, undefined);
  const create = (more: KubeObject) => session.write(() => session.run.api.apply(more, { force: true }));
  const others = othersFields(before);
  if (others === undefined) return withAllocations(session, manifest, before, undefined, create);
  const full = manifestOf(before, union(ownedBy(before) ?? formerFields(before) ?? {}, others));
  try {
    await withAllocations(session, full, before, undefined, create, asRecreated);
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 422) throw error;
    await withAllocations(session, manifest, before, undefined, create);
    session.run.emit({ type: 'warning', problem: restoredWithoutOthers(before) });
  }
}

/**
 * Applies a manifest with values that the cluster had allocated, and returns each field to its previous manager. Values now used
 * by another object are allocated anew, and reported.
 */
async function withAllocations(
  session: Session,
  manifest: KubeObject,
  before: KubeObject,
  live: KubeObject | undefined,
  write: (manifest: KubeObject) => Promise<KubeObject>,
  managersOf?: typeof asRecreated,
): Promise<void> {
  const full = withAllocated(manifest, before, live);
  let back: KubeObject;
  try {
    back = await write(full);
  } catch (error) {
    if (full === manifest || !isTaken(error)) throw error;
    back = await write(manifest);
    session.run.emit({ type: 'warning', problem: restoredOtherwise(before, back) });
  }
  // An adopted object: its managers get it back, and the next adoption must be requested again.
  const managers = managersOf ?? (full !== manifest || ownedBy(before) === undefined ? asManaged : undefined);
  if (managers !== undefined) await setManagers(session, back, (now) => managers(now, before));
}

/** Whether an address or a port was refused because another object has it. */
function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.status === 422 && /already allocated|not in the valid range/.test(error.text);
}

/** Applies without force: a field that another client has set in the meantime is not restored. */
async function putBack(session: Session, manifest: KubeObject, live: KubeObject): Promise<KubeObject> {
  const { uid } = live.metadata;
  try {
    return await session.write(() =>
      session.run.api.apply({ ...manifest, metadata: { ...manifest.metadata, ...(uid ? { uid } : {}) } }),
    );
  } catch (error) {
    const conflicts = conflictsOf(error);
    if (conflicts.length === 0) throw error;
    return putBack(
      session,
      conflicts.reduce((rest, { field }) => dropPath(rest, field), manifest),
      live,
    );
  }
}

/** The previous values of all fields that are ours now or were then. Fields that did not exist are given up. */
function restoring(before: KubeObject, live: KubeObject | undefined): KubeObject {
  const then = ownedBy(before) ?? formerFields(before);
  if (live === undefined && then === undefined) return contentOf(before);
  return manifestOf(before, union(then ?? {}, (live && ownedBy(live)) ?? {}));
}

function restoredAlone(before: KubeObject, takenAlong: readonly string[]): Problem {
  const message = 'was created again; what was deleted along with it was not';
  const remedy = 'Let whoever made these objects make them again.';
  return { code: 'RESTORED_OTHERWISE', subject: displayName(before), message, got: takenAlong, remedy };
}

function restoredWithoutOthers(before: KubeObject): Problem {
  const message = 'was created again, without the fields of other managers, which the API server refuses';
  const remedy = 'Let them apply it again.';
  return { code: 'RESTORED_OTHERWISE', subject: displayName(before), message, got: othersOf(before), remedy };
}

function restoredOtherwise(before: KubeObject, back: KubeObject): Problem {
  const allocated = ({ spec }: KubeObject) => [
    textAt(spec, 'clusterIP'),
    ...listAt(spec, 'ports').flatMap((port) => numberAt(port, 'nodePort') ?? []),
  ];
  const message = 'was restored, with another cluster IP or other node ports';
  const remedy = 'Tell the clients that use them by number.';
  const expected = allocated(before).join(', ');
  return { code: 'RESTORED_OTHERWISE', subject: displayName(before), message, got: allocated(back), expected, remedy };
}
