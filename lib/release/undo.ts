import { isRoute } from '../canary/route';
import { ApiError } from '../client/errors';
import type { Problem } from '../errors/problem';
import { type NamedObject, named, uidOf } from '../kube/address';
import { listAt, numberAt, textAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import { isLost, isUnreachable } from './model/failure';
import type { JournalStep } from './model/record';
import type { Revision } from './model/revision';
import { bounded } from './model/stream';
import { withAllocated } from './ownership/allocated';
import { claimsOf, hasGrown, isBound, keepsSize, kept as keptProblem, withLiveSize } from './ownership/claims';
import { isAsBefore } from './ownership/compare';
import { conflictsOf, dropPath } from './ownership/conflicts';
import { manifestOf, ownedBy, union } from './ownership/fields';
import { isOfRelease } from './ownership/ownership';
import { asManaged, asRecreated, formerFields, othersFields, othersOf } from './ownership/takeover';
import { contentOf } from './planning/diff';
import { grouped, orderOf } from './planning/waves';
import type { Session } from './record/session';
import { settled } from './rollout/settled';
import { gone, setManagers } from './write';

/** The result of a rollback. */
export interface Undone {
  /** Objects that were written and have been restored. */
  readonly restored: readonly string[];
  /** Objects not restored, with the reason. */
  readonly left: readonly string[];
}

/** A rollback as the record keeps it: the first restored objects, and all that were not. */
export function whatIsLeft({ restored, left }: Undone): Pick<Revision, 'restored' | 'left'> {
  return {
    ...(restored.length > 0 ? { restored: restored.slice(0, 50) } : {}),
    ...(left.length > 0 ? { left } : {}),
  };
}

const PARALLEL = 32;

/** Pauses between attempts, in milliseconds. A rollback deserves the most patience: users must repair whatever it leaves. */
const PAUSES = [200, 1000, 5000];

/**
 * Rolls back the planned writes of a journal, wherever they happened: restores the values of changed objects, deletes created
 * ones, and recreates deleted ones. Does not touch what was not written, or now belongs to another client.
 */
export async function undo(session: Session, steps: readonly JournalStep[]): Promise<Undone> {
  const { emit } = session.run;
  const left: string[] = [];
  const restored: string[] = [];
  const back: NamedObject[] = [];
  const kept: KubeObject[] = [];
  const one = async (step: JournalStep): Promise<void> => {
    const name = `${step.object.kind}/${step.object.name}`;
    try {
      if (!(await patiently(session, () => undoStep(session, step, kept)))) return;
      restored.push(name);
      if (isRoute(step.object)) back.push(step.object);
      emit({ type: 'restored', object: name });
    } catch (error) {
      if (isLost(error) || isUnreachable(error)) throw error; // another process's work now, or the next run's
      left.push(`${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  };
  emit({ type: 'rolling-back', objects: steps.length });
  const created = steps.filter(({ action }) => action === 'create');
  const others = steps.filter(({ action }) => action !== 'create');
  // Restored objects first, to restore service quickly; then new objects, users before what they use.
  for (const stage of grouped(others, (step) => orderOf(step.object))) await bounded(stage, PARALLEL, one);
  // No gateway may still use a route to objects that are deleted now.
  const routes = await bounded(back, PARALLEL, (object) => session.run.api.get(object));
  await settled(
    session.run,
    routes.flatMap((route) => route ?? []),
  );
  for (const stage of [...grouped(created, (step) => orderOf(step.object))].reverse()) await bounded(stage, PARALLEL, one);
  for (const object of kept) emit({ type: 'warning', problem: keptWithData(object) });
  return { restored, left };
}

/** Retries from the current state after a conflict or a missing response. */
async function patiently<T>(session: Session, attempt: () => Promise<T>): Promise<T> {
  for (const pause of PAUSES) {
    try {
      return await attempt();
    } catch (error) {
      if (isLost(error)) throw error;
      await session.run.host.sleep(pause);
    }
  }
  return attempt();
}

/** Whether there was anything to restore. */
async function undoStep(session: Session, step: JournalStep, kept: KubeObject[]): Promise<boolean> {
  const { action, object, before, takesAlong = [] } = step;
  const { api } = session.run;
  const live = await api.get(object);
  if (action === 'create') {
    if (live?.metadata.deletionTimestamp !== undefined) return false; // it is being deleted, for whatever reason
    if (live === undefined || !isOfRelease(live, session.store) || ownedBy(live) === undefined) return false;
    const data = await dataOf(session, live, kept);
    kept.push(...data);
    if (data.includes(live)) return false;
    await remove(session, live);
    return true;
  }
  if (before === undefined) return false;
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) {
    if (live !== undefined) await gone(session, live);
    await createAgain(session, before, takesAlong);
    return true;
  }
  if (live.metadata.uid !== before.metadata.uid) {
    if (action !== 'replace' || !isOfRelease(live, session.store)) throw new Error('another client has deleted and recreated it');
    await remove(session, live);
    await gone(session, live);
    await createAgain(session, before, takesAlong);
    return true;
  }
  if (isAsBefore(live, before)) return false;
  const earlier = restoring(before, live);
  if (hasGrown(earlier, live)) session.run.emit({ type: 'warning', problem: keepsSize(earlier, live) });
  const manifest = hasGrown(earlier, live) ? withLiveSize(earlier, live) : earlier;
  await withAllocations(session, manifest, before, live, (more) => putBack(session, more, live));
  return true;
}

/** Recreates an object in its previous state, including other managers' fields. */
async function createAgain(session: Session, before: KubeObject, takenAlong: readonly string[]): Promise<void> {
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

/** The parts of a created object, and of what it created, to keep for their data: bound PVCs, their volumes and namespaces. */
async function dataOf(session: Session, live: KubeObject, kept: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  if (isBound(live)) return [live];
  const { name } = live.metadata;
  if (live.kind === 'Namespace') return kept.some(({ metadata }) => metadata.namespace === name) ? [live] : [];
  const claims = await bounded(claimsOf(live), PARALLEL, (claim) => session.run.api.get(named(claim)));
  return claims.flatMap((claim) => claim ?? []);
}

function keptWithData(object: KubeObject): Problem {
  const why = object.kind === 'Namespace' ? 'it has claims with data' : 'it may hold data that its pods have written';
  const { remedy: _remedy, ...problem } = keptProblem(object, why);
  return { ...problem, remedy: 'The next release of the same manifests uses it; delete it when it is not needed any more.' };
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

async function remove(session: Session, live: KubeObject): Promise<void> {
  await session.write(() => session.run.api.remove(named(live), uidOf(live)));
}
