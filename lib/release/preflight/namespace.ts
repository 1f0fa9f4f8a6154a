import { ApiError } from '../../client/errors';
import { type Problem, ServingError } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import { textAt } from '../json';
import type { Run } from '../model/events';
import type { Survey } from '../planning/survey';

/**
 * Sees to it that the release's namespace can be written to, before anything else: the lock and the record live in it. A release
 * with live objects has it, so this costs nothing when nothing has changed.
 */
export async function ensureNamespace(run: Run, survey: Survey, options: { readonly createNamespace?: boolean }): Promise<void> {
  const { namespace } = survey.desired;
  if (!mayBeMissing(survey)) return;
  const found = await lookAt(run, namespace);
  const problem = judge(survey, found, options);
  if (problem !== undefined) throw new ServingError([problem]);
  if (found === undefined) await run.api.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
}

/** What is wrong with the release's namespace, as a plan reports it: nothing is created. */
export async function namespaceProblem(
  run: Run,
  survey: Survey,
  options: { readonly createNamespace?: boolean },
): Promise<Problem | undefined> {
  return mayBeMissing(survey) ? judge(survey, await lookAt(run, survey.desired.namespace), options) : undefined;
}

const mayBeMissing = ({ desired, stored, live }: Survey) => stored === undefined || live.size < desired.objects.length;

function judge(
  { desired }: Survey,
  found: KubeObject | undefined | 'not to be seen',
  { createNamespace = false }: { readonly createNamespace?: boolean },
): Problem | undefined {
  if (found === 'not to be seen') return undefined;
  const { namespace } = desired;
  const subject = `Namespace/${namespace}`;
  if (found !== undefined) {
    if (textAt(found, 'status', 'phase') !== 'Terminating') return undefined;
    const remedy = 'Wait until it is gone, or look at what keeps it.';
    return { code: 'NAMESPACE_TERMINATING', subject, message: 'is being deleted', remedy };
  }
  if (createNamespace || bringsNamespace(desired, namespace)) return undefined;
  const remedy = 'Create it, or let it be created with --create-namespace.';
  return { code: 'NAMESPACE_MISSING', subject, message: 'does not exist', remedy };
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
