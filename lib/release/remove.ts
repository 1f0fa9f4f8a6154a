import { ApiError } from '../client/errors';
import type { Problem } from '../errors/problem';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import { failureOf } from './model/failure';
import type { PlanAction } from './model/plan';
import { bounded } from './model/stream';
import { wavesOf } from './planning/waves';
import type { Session } from './record/session';
import { gone, writeObject } from './write';

const PARALLEL = 32;

/** An object that leaves the release: deleted, or let go. */
export interface Leaving {
  readonly live: KubeObject;
  readonly action: PlanAction;
}

/**
 * Deletes objects or lets them go, users before what they use, only those of the uid that was seen. Returns the deletions that the API
 * server refused, for a policy perhaps; reports what a finalizer keeps.
 */
export async function removeAll(session: Session, objects: readonly Leaving[]): Promise<readonly Problem[]> {
  const refused: Problem[] = [];
  const stages = wavesOf(objects, ({ live }) => live).flatMap((wave) => wave.stages);
  for (const stage of [...stages].reverse()) {
    await bounded(stage, PARALLEL, async ({ live, action }) => {
      try {
        await writeObject(session, { key: keyOf(live), changes: [], conflicts: [], action, live });
      } catch (error) {
        refused.push(refusal(live, error));
        return;
      }
      if (action !== 'delete' || (live.metadata.finalizers ?? []).length === 0) return;
      await gone(session, live, 10_000).catch((error: unknown) => {
        session.run.emit({ type: 'warning', problem: failureOf(error).problem });
      });
    });
  }
  return refused;
}

/** The problem of a deletion that was answered with a no; everything else goes on as an error. */
function refusal(object: KubeObject, error: unknown): Problem {
  const answered =
    error instanceof ApiError && error.status >= 400 && error.status < 500 && ![401, 409, 429].includes(error.status);
  if (!answered) throw error;
  const message = `the API server refuses to delete it: ${error.text}`;
  const remedy = 'Change the policy, or annotate the object so that it is kept, then run it again.';
  return { code: 'DELETE_REFUSED', subject: displayName(object), message, remedy };
}
