import { ApiError } from '../../client/errors';
import { ServingError } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import { textAt } from '../json';
import type { Run } from '../model/events';
import type { Survey } from '../planning/survey';

/**
 * Sees to it that the release's namespace can be written to, before anything else: the lock and the record live in it. A release
 * with live objects has it, so this costs nothing when nothing has changed.
 */
export async function ensureNamespace(
  run: Run,
  { desired, stored, live }: Survey,
  { createNamespace = false }: { readonly createNamespace?: boolean },
): Promise<void> {
  const { namespace } = desired;
  const there = stored === undefined || live.size < desired.objects.length;
  if (!there) return;
  const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const found = await lookAt(run, namespace);
  if (found === 'not to be seen') return;
  const subject = `Namespace/${namespace}`;
  if (found !== undefined) {
    if (textAt(found, 'status', 'phase') !== 'Terminating') return;
    const remedy = 'Wait until it is gone, or look at what keeps it.';
    throw new ServingError([{ code: 'NAMESPACE_TERMINATING', subject, message: 'is being deleted', remedy }]);
  }
  if (!createNamespace && !bringsNamespace(desired, namespace)) {
    const remedy = 'Create it, or let it be created with --create-namespace.';
    throw new ServingError([{ code: 'NAMESPACE_MISSING', subject, message: 'does not exist', remedy }]);
  }
  await run.api.apply(object);
}

/** Whether a namespace comes with the release. */
export function bringsNamespace({ objects }: Pick<Desired, 'objects'>, name: string): boolean {
  return objects.some(({ apiVersion, kind, metadata }) => apiVersion === 'v1' && kind === 'Namespace' && metadata.name === name);
}

/** Whoever works in one namespace is often not allowed to look at it as an object. */
async function lookAt({ api }: Run, name: string): Promise<KubeObject | undefined | 'not to be seen'> {
  try {
    return await api.get({ apiVersion: 'v1', kind: 'Namespace', name });
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return 'not to be seen';
    throw error;
  }
}
