import { isRoute } from '../canary/route';
import type { Problem } from '../errors/problem';
import { type NamedObject, named, uidOf } from '../kube/address';
import type { KubeObject } from '../kube/object';
import { isLost, isUnreachable } from './model/failure';
import type { JournalStep } from './model/record';
import type { Revision } from './model/revision';
import { bounded } from './model/stream';
import { claimsOf, isBound, kept as keptProblem } from './ownership/claims';
import { isAsBefore } from './ownership/compare';
import { ownedBy } from './ownership/fields';
import { isOfRelease } from './ownership/ownership';
import { grouped, orderOf } from './planning/waves';
import type { Session } from './record/session';
import { createAgain, restoreValues } from './recovery/restore';
import { settled } from './rollout/settled';
import { gone } from './writing/gone';

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
  await restoreValues(session, before, live);
  return true;
}

/** The parts of a created object, and of what it created, to keep for their data: bound PVCs, their volumes and namespaces. */
async function dataOf(session: Session, live: KubeObject, kept: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  if (isBound(live)) return [live];
  const { name } = live.metadata;
  if (live.kind === 'Namespace') return kept.some(({ metadata }) => metadata.namespace === name) ? [live] : [];
  const claims = await bounded(claimsOf(live), PARALLEL, (claim) => session.run.api.get(named(claim)));
  return claims.flatMap((claim) => claim ?? []);
}

async function remove(session: Session, live: KubeObject): Promise<void> {
  await session.write(() => session.run.api.remove(named(live), uidOf(live)));
}

function keptWithData(object: KubeObject): Problem {
  const why = object.kind === 'Namespace' ? 'it has claims with data' : 'it may hold data that its pods have written';
  const { remedy: _remedy, ...problem } = keptProblem(object, why);
  return { ...problem, remedy: 'The next release of the same manifests uses it; delete it when it is not needed any more.' };
}
