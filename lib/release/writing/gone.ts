import { type Problem, ServingError } from '../../errors/problem';
import { named } from '../../kube/address';
import { displayName, type KubeObject } from '../../kube/object';
import type { Session } from '../record/session';
import { LOOK_MS } from './looks';

/** How long a deleted object may take to disappear. */
export const GONE_MS = 60_000;

/** Waits until an object is really gone. Throws when a finalizer keeps it. */
export async function gone(session: Session, object: KubeObject, limitMs = GONE_MS): Promise<void> {
  const { api, host } = session.run;
  const began = host.uptime();
  while (true) {
    const there = await api.get(named(object));
    if (there === undefined || there.metadata.uid !== object.metadata.uid) return;
    if (host.uptime() - began > limitMs) {
      throw new ServingError([notDeleted(there)]);
    }
    await host.sleep(LOOK_MS);
  }
}

/** The problem of a deleted object that still exists. */
export function notDeleted(object: KubeObject): Problem {
  const got = object.metadata.finalizers;
  const message = 'was deleted, but still exists';
  const remedy = 'Look at who has to do the work of its finalizers.';
  return { code: 'OBJECT_NOT_DELETED', subject: displayName(object), message, remedy, ...(got ? { got } : {}) };
}
