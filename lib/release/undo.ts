import { isRoute } from '../canary/route';
import { type NamedObject, named, uidOf } from '../kube/address';
import type { KubeObject } from '../kube/object';
import { isLost, isUnreachable } from './model/failure';
import type { JournalStep } from './model/record';
import type { Revision } from './model/revision';
import { bounded } from './model/stream';
import { isAsBefore } from './ownership/compare';
import { conflictsOf, dropPath } from './ownership/conflicts';
import { manifestOf, ownedBy, union } from './ownership/fields';
import { isOfRelease } from './ownership/ownership';
import { formerFields, givenBack } from './ownership/takeover';
import { contentOf } from './planning/diff';
import { grouped, orderOf } from './planning/waves';
import type { Session } from './record/session';
import { settled } from './rollout/settled';
import { gone, setManagers } from './write';

/** What an undo has come to. */
export interface Undone {
  /** Objects that had been written, and were put back. */
  readonly restored: readonly string[];
  /** Objects that are not as they were, with the reason. */
  readonly left: readonly string[];
}

/** An undo as the record keeps it: the first objects that are as they were again, and all that are not. */
export function whatIsLeft({ restored, left }: Undone): Pick<Revision, 'restored' | 'left'> {
  return {
    ...(restored.length > 0 ? { restored: restored.slice(0, 50) } : {}),
    ...(left.length > 0 ? { left } : {}),
  };
}

const PARALLEL = 32;

/** An undo is worth more patience than anything else: users must repair whatever it leaves. Milliseconds before each new try. */
const PAUSES = [200, 1000, 5000];

/**
 * Puts back what a journal says was going to be written, wherever it has been: changed objects get the values back that they
 * had, created ones go, deleted ones come back. What was not written, and what belongs to another client by now, is not touched.
 */
export async function undo(session: Session, steps: readonly JournalStep[]): Promise<Undone> {
  const { emit } = session.run;
  const left: string[] = [];
  const restored: string[] = [];
  const back: NamedObject[] = [];
  const one = async (step: JournalStep): Promise<void> => {
    const name = `${step.object.kind}/${step.object.name}`;
    try {
      if (!(await patiently(session, () => undoStep(session, step)))) return;
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
  // Restored ones first, so that what serves does so again soon; then what was new, users before what they use.
  for (const stage of grouped(others, (step) => orderOf(step.object))) await bounded(stage, PARALLEL, one);
  // No gateway may still follow a route to what goes now.
  const routes = await bounded(back, PARALLEL, (object) => session.run.api.get(object));
  await settled(
    session.run,
    routes.flatMap((route) => route ?? []),
  );
  for (const stage of [...grouped(created, (step) => orderOf(step.object))].reverse()) await bounded(stage, PARALLEL, one);
  return { restored, left };
}

/** Tries again, from what is there then, after a conflict or an answer that never came. */
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

/** Whether there was anything to put back. */
async function undoStep(session: Session, { action, object, before }: JournalStep): Promise<boolean> {
  const { api } = session.run;
  const live = await api.get(object);
  if (action === 'create') {
    if (live === undefined || !isOfRelease(live, session.store) || ownedBy(live) === undefined) return false;
    await remove(session, live);
    return true;
  }
  if (before === undefined) return false;
  if (live === undefined || live.metadata.deletionTimestamp !== undefined) {
    if (live !== undefined) await gone(session, live);
    await session.write(() => api.apply(restoring(before, undefined), { force: true }));
    return true;
  }
  if (live.metadata.uid !== before.metadata.uid) {
    if (action !== 'replace' || !isOfRelease(live, session.store)) throw new Error('another client has deleted and recreated it');
    await remove(session, live);
    await gone(session, live);
    await session.write(() => api.apply(restoring(before, undefined), { force: true }));
    return true;
  }
  if (isAsBefore(live, before)) return false;
  const back = await putBack(session, restoring(before, live), live);
  // It was adopted: its managers get it back, and the next adoption has to be asked for again.
  if (ownedBy(before) === undefined) await setManagers(session, back, (now) => givenBack(now, before));
  return true;
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

/** The values that were there, of all fields that are ours now or were then. Fields that were not there are given up. */
function restoring(before: KubeObject, live: KubeObject | undefined): KubeObject {
  const then = ownedBy(before) ?? formerFields(before);
  if (live === undefined && then === undefined) return contentOf(before);
  return manifestOf(before, union(then ?? {}, (live && ownedBy(live)) ?? {}));
}

async function remove(session: Session, live: KubeObject): Promise<void> {
  await session.write(() => session.run.api.remove(named(live), uidOf(live)));
}
