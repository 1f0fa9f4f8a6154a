import { NO_VERSION } from '../../client/api';
import { ApiError } from '../../client/errors';
import { type Problem, ServingError } from '../../errors/problem';
import { named, uidOf } from '../../kube/address';
import { textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { namespacesIn } from '../../manifests/load';
import type { Run } from '../model/engine';
import type { Survey } from '../model/survey';

/**
 * The namespaces that a release needs and that do not exist: those it contains, as in its manifests, and with `createNamespace`
 * others, by name. The lock and the record are in one of them. A release with live objects has all of them, so an unchanged
 * release costs no request. Throws for a namespace that neither manifests nor options provide, and for one that is being deleted.
 */
export async function missingNamespaces(
  run: Run,
  { desired, stored, live }: Survey,
  { createNamespace = false }: { readonly createNamespace?: boolean },
): Promise<readonly KubeObject[]> {
  if (stored !== undefined && live.size >= desired.objects.length) return [];
  const inhabited = new Set([...live.values()].map(({ metadata }) => metadata.namespace));
  const needed = new Set([desired.namespace, ...desired.objects.flatMap(({ metadata }) => metadata.namespace ?? [])]);
  const names = [...needed].filter((name) => !inhabited.has(name));
  const problems: Problem[] = [];
  const missing = await Promise.all(names.map(async (name) => ((await isMissing(run, name, problems)) ? [name] : [])));
  const brought = namespacesIn(desired);
  const objects = missing.flat().flatMap((name) => {
    const own = brought.get(name);
    if (own !== undefined) return [own];
    if (createNamespace) return [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name } }];
    const remedy = 'Create it, or let it be created with --create-namespace.';
    problems.push({ code: 'NAMESPACE_MISSING', subject: `Namespace/${name}`, message: 'does not exist', remedy });
    return [];
  });
  if (problems.length > 0) throw new ServingError(problems);
  return objects;
}

/** Creates namespaces. A namespace that another client created in the meantime is used as is. */
export async function createNamespaces(run: Run, missing: readonly KubeObject[]): Promise<readonly KubeObject[]> {
  const made: KubeObject[] = [];
  for (const object of missing) {
    try {
      made.push(await run.api.apply({ ...object, metadata: { ...object.metadata, resourceVersion: NO_VERSION } }));
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 409)) throw error;
    }
  }
  return made;
}

/** Deletes namespaces that were created for a release that was then refused. */
export async function withdrawNamespaces(run: Run, made: readonly KubeObject[]): Promise<void> {
  for (const object of made) await run.api.remove(named(object), uidOf(object));
}

async function isMissing(run: Run, name: string, problems: Problem[]): Promise<boolean> {
  const found = await lookAt(run, name);
  if (found === 'not to be seen') return false;
  if (textAt(found, 'status', 'phase') === 'Terminating') {
    const remedy = 'Wait until it is gone, or look at what keeps it.';
    problems.push({ code: 'NAMESPACE_TERMINATING', subject: `Namespace/${name}`, message: 'is being deleted', remedy });
  }
  return found === undefined;
}

/** Users confined to a namespace often may not read its Namespace object. */
async function lookAt({ api }: Run, name: string): Promise<KubeObject | undefined | 'not to be seen'> {
  try {
    return await api.get({ apiVersion: 'v1', kind: 'Namespace', name });
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return 'not to be seen';
    throw error;
  }
}
