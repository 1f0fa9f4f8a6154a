import { NO_VERSION } from '../client/api';
import { ApiError } from '../client/errors';
import { unservedKind } from '../client/mapping';
import { named, uidOf } from '../kube/address';
import { displayName, type KubeObject } from '../kube/object';
import type { PlannedObject } from './model/plan';
import { conflictsOf } from './ownership/conflicts';
import { ownedBy, ownedDigest } from './ownership/fields';
import { seenOf } from './planning/compute-plan';
import type { Session } from './record/session';
import { changedSince } from './writing/changed-since';
import { GONE_MS, gone } from './writing/gone';
import { LOOK_MS, LOOKS } from './writing/looks';
import { letGo, letGoOfHpa, takeOver } from './writing/managers';

const DELETE_TRIES = 5;

/**
 * Writes one object as planned, only over the state that the plan has seen. Returns the resulting object.
 * @param deadline when the release must be finished, on the host's monotonic clock
 */
export async function writeObject(session: Session, planned: PlannedObject, deadline?: number): Promise<KubeObject | undefined> {
  const { manifest, live, action } = planned;
  const { emit } = session.run;
  const leave = () => (action === 'orphan' ? letGo(session, live) : deleteSeen(session, live));
  const written = manifest === undefined ? await leave() : await applySeen(session, planned, manifest, deadline);
  const object = manifest ?? live;
  if (object && action !== 'unchanged' && action !== 'conflict' && action !== 'refused')
    emit({ type: 'written', object: displayName(object), action });
  return written;
}

async function applySeen(session: Session, planned: PlannedObject, manifest: KubeObject, deadline?: number): Promise<KubeObject> {
  const goneBefore = (object: KubeObject) =>
    gone(session, object, deadline === undefined ? GONE_MS : Math.min(GONE_MS, deadline - session.run.host.uptime()));
  if (planned.heldBy !== undefined) await letGoOfHpa(session, planned.heldBy);
  if (planned.terminating !== undefined) await goneBefore(planned.terminating);
  if (planned.action === 'replace' && planned.live !== undefined) {
    await deleteSeen(session, planned.live);
    await goneBefore(planned.live);
  }
  if (planned.action === 'change' && planned.live !== undefined) return change(session, planned, manifest, planned.live);
  const { host, signal } = session.run;
  const until = host.uptime() + START_MS;
  while (true) {
    try {
      return await create(session, manifest);
    } catch (error) {
      if (planned.unverified === undefined || !isStarting(error) || host.uptime() > until || signal.aborted) throw error;
      await host.sleep(LOOK_MS, signal);
    }
  }
}

/** How long something this release created may take to respond: the API of a new kind, an admission webhook. */
const START_MS = 30_000;

/** Whether an object was rejected because something written just before does not respond yet. */
function isStarting(error: unknown): boolean {
  return (
    unservedKind(error) !== undefined || (error instanceof ApiError && error.status === 500 && /calling webhook/.test(error.text))
  );
}

async function create(session: Session, manifest: KubeObject): Promise<KubeObject> {
  const { api } = session.run;
  try {
    return await session.write(() => api.apply({ ...manifest, metadata: { ...manifest.metadata, resourceVersion: NO_VERSION } }));
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 409) throw error;
    const there = await api.get(named(manifest));
    // An attempt with a lost response may have created it; only then are its fields ours.
    if (error.ambiguous && there !== undefined && ownedBy(there) !== undefined) return there;
    throw changedSince(manifest, 'another client has created it since the plan was made');
  }
}

/** Applies with the uid and resourceVersion that were seen. If these changed, what counts is whether our fields did. */
async function change(session: Session, planned: PlannedObject, manifest: KubeObject, seen: KubeObject): Promise<KubeObject> {
  const { api, host } = session.run;
  const force = planned.conflicts.length > 0;
  const mine = planned.takesOver === true ? await takeOver(session, manifest, seen) : seen;
  let live = mine;
  for (let look = 0; ; look++) {
    const { uid, resourceVersion } = live.metadata;
    const metadata = { ...manifest.metadata, ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
    try {
      return await session.write(() => api.apply({ ...manifest, metadata }, { force }));
    } catch (error) {
      const [conflict] = conflictsOf(error);
      if (conflict) throw changedSince(manifest, `${conflict.manager} has changed ${conflict.field} since the plan was made`);
      if (!(error instanceof ApiError) || error.status !== 409 || look === LOOKS) throw error;
    }
    if (look > 1) await host.sleep(LOOK_MS);
    const now = await api.get(named(manifest));
    if (now === undefined || now.metadata.uid !== uid)
      throw changedSince(manifest, 'another client has deleted it since the plan was made');
    if (String(seenOf(now)) !== String(seenOf(mine))) {
      // An attempt with a lost response may have succeeded.
      const tried = await api.apply(manifest, { dryRun: true, force }).catch((error: unknown) => {
        if (conflictsOf(error).length === 0) throw error;
      });
      if (tried !== undefined && ownedDigest(tried) === ownedDigest(now)) return now;
      throw changedSince(manifest, 'another client has changed fields of it since the plan was made');
    }
    live = now;
  }
}

async function deleteSeen(session: Session, live: KubeObject | undefined): Promise<undefined> {
  if (live === undefined) return;
  const { uid } = live.metadata;
  for (let tries = 1; ; tries++) {
    try {
      return void (await session.write(() => session.run.api.remove(named(live), uidOf(live))));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409) throw error;
      // Another object with this name may exist now, which is not ours to delete; or the conflict was temporary.
      const there = await session.run.api.get(named(live));
      if (there === undefined || there.metadata.uid !== uid) return;
      if (tries === DELETE_TRIES) throw error;
    }
  }
}
