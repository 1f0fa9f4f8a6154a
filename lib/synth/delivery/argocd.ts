import { WAVE_ANNOTATION } from '../../kube/contract';
import { isClusterScoped } from '../../kube/kinds';
import { joinName } from '../../kube/names';
import { groupOf, type KubeObject } from '../../kube/object';
import type { ResolvedDelivery } from '../../project/delivery';
import { annotated, type GateRole, runsBefore, withCandidateUrl } from './gates';

const WAVE = 'argocd.argoproj.io/sync-wave';
const HOOK = 'argocd.argoproj.io/hook';
const DELETE_POLICY = 'argocd.argoproj.io/hook-delete-policy';

/** Location of a stack, for an agent. */
export interface StackPlace {
  readonly environment: string;
  readonly stack: string;
  /** Its objects, including gates. */
  readonly objects: readonly KubeObject[];
}

/**
 * Prepares an object for Argo CD: gates and their dependencies as hooks, all others in waves. A gate's ServiceAccount is one wave
 * ahead of its Job, and stays afterwards, because Argo CD considers such a hook done at once.
 * @see https://argo-cd.readthedocs.io/en/stable/user-guide/sync-waves/
 */
export function forArgo(object: KubeObject, role: GateRole | undefined): KubeObject {
  if (role === undefined) {
    const wave = object.metadata.annotations?.[WAVE_ANNOTATION];
    return wave === undefined ? object : annotated(object, { [WAVE]: wave });
  }
  const hook = { [HOOK]: runsBefore(role) ? 'PreSync' : 'PostSync', [DELETE_POLICY]: 'BeforeHookCreation' };
  const gate = role.isJob && role.phase === 'candidate' ? withCandidateUrl(object) : object;
  return annotated(gate, { ...hook, [WAVE]: role.isJob ? '0' : '-1' });
}

/** Renders the Application of a stack. */
export function application(place: StackPlace, delivery: ResolvedDelivery): KubeObject {
  const { environment, stack } = place;
  const { name, namespace } = delivery;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: { name: joinName(name, stack, environment), namespace },
    spec: {
      project: joinName(name, environment),
      source: { ...sourceOf(place, delivery), directory: { recurse: true } },
      destination: { server: serverOf(environment, delivery), namespace: homeOf(place) },
      syncPolicy: {
        automated: { prune: true, selfHeal: true },
        syncOptions: ['ServerSideApply=true', 'PruneLast=true', 'FailOnSharedResource=true'],
      },
    },
  };
}

/** Renders the AppProject of an environment, which allows only the sources, namespaces and kinds of its stacks. */
export function appProject(environment: string, places: readonly StackPlace[], delivery: ResolvedDelivery): KubeObject {
  const objects = places.flatMap((place) => place.objects);
  const kinds = (wanted: readonly KubeObject[]) => {
    const found = new Map(
      wanted.map(({ apiVersion, kind }) => [`${groupOf(apiVersion)}/${kind}`, { group: groupOf(apiVersion), kind }]),
    );
    return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one);
  };
  const namespaces = [...new Set([...places.map(homeOf), ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])])].sort();
  const server = serverOf(environment, delivery);
  const sources = places.map((place) => sourceOf(place, delivery).repoURL);
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'AppProject',
    metadata: { name: joinName(delivery.name, environment), namespace: delivery.namespace },
    spec: {
      description: `Serving stacks of ${delivery.name} in ${environment}`,
      sourceRepos: [...new Set(sources)].sort(),
      destinations: namespaces.map((namespace) => ({ server, namespace })),
      clusterResourceWhitelist: kinds(objects.filter(isClusterScoped)),
      namespaceResourceWhitelist: kinds(objects.filter((object) => !isClusterScoped(object))),
    },
  };
}

function sourceOf({ environment, stack }: StackPlace, { source }: ResolvedDelivery) {
  if ('oci' in source) return { repoURL: `${source.oci}/${stack}`, targetRevision: source.tag ?? environment, path: '.' };
  const { git, branch = 'main', directory = 'dist' } = source;
  return { repoURL: git, targetRevision: branch, path: `${directory}/${environment}/${stack}` };
}

function serverOf(environment: string, { clusters = {} }: ResolvedDelivery): string {
  return clusters[environment] ?? 'https://kubernetes.default.svc';
}

/** Namespace of objects without one. */
function homeOf({ objects }: StackPlace): string {
  return objects.flatMap(({ metadata }) => metadata.namespace ?? [])[0] ?? 'default';
}
