import type { Problem } from '../../errors/problem';
import { listAt, textAt } from '../../kube/fields';
import { displayName, groupOf, type KubeObject } from '../../kube/object';
import { ownedBy } from './fields';

/** A GitOps agent that applies an object, and the agent's own object that configures it. */
export interface OwningAgent {
  readonly agent: 'Argo CD' | 'Flux';
  /** `Application fraud-model`; absent when known only from field managers. */
  readonly by?: string;
}

/** Field managers of the agents. */
const MANAGERS: Readonly<Record<string, OwningAgent['agent']>> = {
  'argocd-controller': 'Argo CD',
  'argocd-application-controller': 'Argo CD',
  'kustomize-controller': 'Flux',
  'helm-controller': 'Flux',
};

/** Whether a field manager is that of a GitOps agent. */
export function isAgentManager(manager: string): boolean {
  return manager in MANAGERS;
}

/**
 * The agent that applies an object, identified by a label or tracking annotation. Where these were removed, its field manager
 * counts only until this tool has applied the object itself.
 */
export function agentOf(live: KubeObject): OwningAgent | undefined {
  const { labels = {} } = live.metadata;
  for (const [kind, prefix] of [
    ['Kustomization', 'kustomize.toolkit.fluxcd.io'],
    ['HelmRelease', 'helm.toolkit.fluxcd.io'],
  ] as const) {
    const name = labels[`${prefix}/name`];
    if (name !== undefined) return { agent: 'Flux', by: `${kind} ${labels[`${prefix}/namespace`] ?? 'flux-system'}/${name}` };
  }
  const application = labels['argocd.argoproj.io/instance'] ?? trackedBy(live);
  if (application !== undefined) return { agent: 'Argo CD', by: `Application ${application}` };
  if (ownedBy(live) !== undefined) return undefined;
  const agent = listAt(live, 'metadata', 'managedFields').flatMap((entry) => MANAGERS[textAt(entry, 'manager') ?? ''] ?? [])[0];
  return agent === undefined ? undefined : { agent };
}

/** The Application of a tracking annotation, `app:group/Kind:namespace/name`; undefined when copied from another object. */
function trackedBy({ apiVersion, kind, metadata }: KubeObject): string | undefined {
  const [application, type, place] = metadata.annotations?.['argocd.argoproj.io/tracking-id']?.split(':') ?? [];
  const here = type === `${groupOf(apiVersion)}/${kind}` && place?.split('/').at(-1) === metadata.name;
  return here && application !== '' ? application : undefined;
}

/** The problem of changing objects that agents own: each agent's next sync would revert it. One problem per agent object. */
export function agentProblems(live: readonly KubeObject[], what: 'release' | 'uninstall' = 'release'): readonly Problem[] {
  const owned = new Map<string, { readonly owner: OwningAgent; readonly objects: KubeObject[] }>();
  for (const object of live) {
    const owner = agentOf(object);
    if (owner === undefined) continue;
    const key = `${owner.agent} ${owner.by ?? ''}`;
    const found = owned.get(key);
    if (found === undefined) owned.set(key, { owner, objects: [object] });
    else found.objects.push(object);
  }
  return [...owned.values()].map(({ owner: { agent, by = 'its object' }, objects: [first, ...others] }): Problem => {
    const subject = first === undefined ? '' : `${displayName(first)}${others.length === 0 ? '' : ` and ${others.length} more`}`;
    const consequence = what === 'release' ? 'would undo this release' : 'would create it again';
    const message = `${agent} applies it (${by}), and ${consequence}`;
    const remedy =
      what === 'release'
        ? `Commit the change, and let ${agent} apply it. To release with serving again, delete ${by} without pruning, then pass --adopt.`
        : `Delete ${by} first, with pruning to delete its objects, without to uninstall them here.`;
    return { code: 'OWNED_BY_AGENT', subject, message, remedy };
  });
}
