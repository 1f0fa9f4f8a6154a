import { ApiError } from '../client/errors';
import { unservedKind } from '../client/mapping';
import type { Problem } from '../errors/problem';
import { RELEASE_LABEL } from '../kube/contract';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import type { PlanAction } from './model/plan';
import { placeOf } from './model/record';
import { bounded } from './model/stream';
import { wavesOf } from './planning/waves';
import type { Session } from './record/session';
import { writeObject } from './write';
import { notDeleted } from './writing/gone';

const PARALLEL = 32;
const LOOK_MS = 200;
/** How long to wait for objects kept by a finalizer before the next objects are deleted. */
const FINALIZER_MS = 10_000;

/** An object that leaves the release: deleted or orphaned. */
export interface Leaving {
  readonly live: KubeObject;
  readonly action: PlanAction;
}

/**
 * Deletes or orphans objects, users before what they use, and only objects with the uid that was seen. Returns the deletions that
 * the API server refused, for example because of a policy; reports objects kept by a finalizer.
 */
export async function removeAll(session: Session, objects: readonly Leaving[]): Promise<readonly Problem[]> {
  const refused: Problem[] = [];
  const stages = wavesOf(objects, ({ live }) => live).flatMap((wave) => wave.stages);
  for (const stage of [...stages].reverse()) {
    const held: KubeObject[] = [];
    await bounded(stage, PARALLEL, async ({ live, action }) => {
      try {
        await writeObject(session, { key: keyOf(live), changes: [], conflicts: [], action, live });
      } catch (error) {
        refused.push(refusal(live, error));
        return;
      }
      if (action === 'delete' && (live.metadata.finalizers ?? []).length > 0) held.push(live);
    });
    const left = await stillThere(session, held, FINALIZER_MS);
    for (const object of left) session.run.emit({ type: 'warning', problem: notDeleted(object) });
  }
  return refused;
}

/**
 * Waits until deleted objects are really gone; returns those that are still there at the deadline. Sends one LIST per kind and
 * namespace, regardless of the number of objects.
 */
export async function stillThere(
  session: Session,
  deleted: readonly KubeObject[],
  limitMs: number,
): Promise<readonly KubeObject[]> {
  const { api, host } = session.run;
  const until = host.uptime() + limitMs;
  const labelSelector = `${RELEASE_LABEL}=${session.store.release}`;
  let left = deleted;
  while (left.length > 0) {
    const places = [...new Map(left.map((object) => [JSON.stringify(placeOf(object)), placeOf(object)])).values()];
    const lists = await bounded(places, PARALLEL, async (place) => {
      try {
        return (await api.list({ ...place, labelSelector })).items;
      } catch (error) {
        // Its CRD was deleted, along with all its objects.
        if (unservedKind(error) !== undefined || (error instanceof ApiError && error.status === 404)) return [];
        throw error;
      }
    });
    const there = new Map(lists.flat().map((object) => [object.metadata.uid, object]));
    left = left.flatMap(({ metadata }) => there.get(metadata.uid) ?? []);
    if (left.length > 0 && host.uptime() > until) return left;
    if (left.length > 0) await host.sleep(LOOK_MS);
  }
  return [];
}

/** The problem of a refused deletion; other errors are rethrown. */
function refusal(object: KubeObject, error: unknown): Problem {
  const answered =
    error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 409, 429].includes(error.status);
  if (!answered) throw error;
  const message = `the API server refuses to delete it: ${error.text}`;
  const remedy = 'Change the policy, or annotate the object so that it is kept, then run it again.';
  return { code: 'DELETE_REFUSED', subject: displayName(object), message, remedy };
}
