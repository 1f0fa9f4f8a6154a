import { ApiError } from '../../client/errors';
import { named, uidOf } from '../../kube/address';
import { lettingGo } from '../../kube/autoscaler';
import { canonical } from '../../kube/canonical';
import { RELEASE_LABEL, RELEASE_NAMESPACE_LABEL } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import { manifestOf, ownedBy } from '../ownership/fields';
import { formerFields, givenBack, takenOver } from '../ownership/takeover';
import type { Session } from '../record/session';
import { changedSince } from './changed-since';
import { LOOK_MS, LOOKS } from './looks';

/**
 * Changes the field managers and labels of an object, from its current state. Retries while its status keeps changing. Undefined
 * when the object no longer exists.
 */
export async function setManagers(
  session: Session,
  seen: KubeObject,
  managersOf: (live: KubeObject) => readonly unknown[],
  labels?: Readonly<Record<string, null>>,
): Promise<KubeObject | undefined> {
  const { api, host } = session.run;
  for (let look = 0; ; look++) {
    const live = await api.get(named(seen));
    if (live === undefined || live.metadata.uid !== seen.metadata.uid) return undefined;
    const { uid, resourceVersion } = live.metadata;
    const metadata = { uid, resourceVersion, managedFields: managersOf(live), ...(labels ? { labels } : {}) };
    try {
      return await session.write(() => api.merge(named(live), { metadata }));
    } catch (error) {
      if (!(error instanceof ApiError) || error.status !== 409 || look === LOOKS) throw error;
      await host.sleep(LOOK_MS);
    }
  }
}

/** Removes the release's labels and this tool's ownership from an object, and leaves everything else unchanged. */
export async function letGo(session: Session, seen: KubeObject | undefined): Promise<undefined> {
  const labels = { [RELEASE_LABEL]: null, [RELEASE_NAMESPACE_LABEL]: null };
  if (seen !== undefined) await setManagers(session, seen, (live) => givenBack(live, live), labels);
}

/** Makes KEDA give up an HPA that it took over, in favor of its own: the workload is never without an autoscaler. */
export async function letGoOfHpa(session: Session, scaledObject: KubeObject): Promise<void> {
  const manifest = lettingGo(manifestOf(scaledObject, ownedBy(scaledObject) ?? {}));
  const metadata = { ...manifest.metadata, ...uidOf(scaledObject) };
  await session.write(() => session.run.api.apply({ ...manifest, metadata }));
}

/** Transfers the fields of an adopted object's former managers to this tool. */
export async function takeOver(session: Session, manifest: KubeObject, seen: KubeObject): Promise<KubeObject> {
  const expected = canonical(formerFields(seen) ?? null);
  const taken = await setManagers(session, seen, (live) => {
    if (canonical(formerFields(live) ?? null) === expected) return takenOver(live) ?? [];
    throw changedSince(manifest, 'its manager has changed fields of it since the plan was made');
  });
  if (taken === undefined) throw changedSince(manifest, 'another client has deleted it since the plan was made');
  return taken;
}
