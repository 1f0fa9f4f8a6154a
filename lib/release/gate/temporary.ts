import { TransportError } from '../../client/errors';
import { ServingError } from '../../errors/problem';
import { named } from '../../kube/address';
import { TOOL } from '../../kube/contract';
import { listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { KindPlace } from '../model/record';
import { orderOf } from '../planning/waves';
import type { Session } from '../record/session';

/** Label on objects that exist only during one release run; its value is the run's id. */
export const RUN_LABEL = `${TOOL}/run`;

/** Removes all temporary objects of a run, regardless of which process started it. */
export async function removeTemporary(
  session: Session,
  { run, temporary }: { readonly run: string; readonly temporary: readonly KindPlace[] },
): Promise<void> {
  const { api } = session.run;
  const lists = await Promise.all(temporary.map((place) => api.list({ ...place, labelSelector: `${RUN_LABEL}=${run}` })));
  const objects = lists.flatMap(({ items }) => items).sort((a, b) => orderOf(b) - orderOf(a));
  for (const object of objects) {
    const { uid } = object.metadata;
    // The label names the run; the managed fields show that this tool created the object.
    if (uid !== undefined && isMade(object)) await session.write(() => api.remove(named(object), { uid }));
  }
}

function isMade(object: KubeObject): boolean {
  return listAt(object, 'metadata', 'managedFields').some((entry) => textAt(entry, 'manager') === TOOL);
}

/** The object as a temporary one of a run: labeled, and not part of the release. */
export function temporaryOf(object: KubeObject, run: string, releaseLabel: string): KubeObject {
  const { [releaseLabel]: _part, ...labels } = object.metadata.labels ?? {};
  return { ...object, metadata: { ...object.metadata, labels: { ...labels, [RUN_LABEL]: run } } };
}

/** Creates a temporary object by POST, so that an existing object cannot be mistaken for it. */
export async function createTemporary(session: Session, object: KubeObject, run: string): Promise<KubeObject> {
  const { api } = session.run;
  try {
    return await session.write(() => api.create(object));
  } catch (error) {
    // The response was lost, or a retried request met its own object: ours carries this run's id.
    const there = error instanceof ServingError ? await api.get(named(object)) : undefined;
    if (there !== undefined && there.metadata.labels?.[RUN_LABEL] === run) return there;
    if (there === undefined && error instanceof TransportError && error.sent) return session.write(() => api.create(object));
    throw error;
  }
}
