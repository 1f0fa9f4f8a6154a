import { type Problem, ServingError } from '../../errors/problem';
import { named } from '../../kube/address';
import { listAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import type { Desired } from '../../manifests/load';
import { resolve, type ScopeOf } from '../../manifests/load';
import type { Engine } from '../model/engine';
import type { Former } from '../model/former';
import { bounded } from '../model/stream';
import type { HelmRevision } from './helm-revision';

/** What happens to objects of the Helm release that the new manifests do not have. */
export type Unlisted = 'prune' | 'keep';

const RELEASE_NAME = 'meta.helm.sh/release-name';
const RELEASE_NAMESPACE = 'meta.helm.sh/release-namespace';
const HOOK = 'helm.sh/hook';

/**
 * What a Helm release left in the cluster. Its record is only a list of names: an object counts only when its own metadata names
 * the release, and a hook only when it is in the release's namespace and Helm created it.
 */
export async function formerHelm(
  { api }: Engine,
  helm: HelmRevision,
  desired: Desired,
  unlisted: Unlisted | undefined,
): Promise<Former> {
  const origin = `Helm revision ${helm.revision} (${helm.chart})`;
  const { release, namespace } = desired;
  const all = await manifestsOf(helm, release, (object) => api.scopeOf(object));
  const hooks = all.gates.flatMap(({ job, support }) => [job, ...support]);
  const found = await bounded([...all.objects, ...hooks], 32, (object) => api.get(named(object)));
  const live = found.filter((object) => object !== undefined);
  const proved = new Set(live.filter((object) => isOf(object, helm)).map(keyOf));
  const made = live.filter((object) => isHook(object, helm));
  const wanted = new Set([...desired.objects, ...desired.gates.flatMap(({ job, support }) => [job, ...support])].map(keyOf));
  const left = live.filter((object) => (proved.has(keyOf(object)) || made.includes(object)) && !wanted.has(keyOf(object)));
  const staying = left.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
  return {
    origin,
    // Hooks belong to the release; a rollback to it recreates their Jobs.
    desired: { ...all, release, namespace, objects: all.objects.filter((object) => proved.has(keyOf(object))) },
    leaving: unlisted === 'prune' ? staying : [],
    problems: unlisted === undefined && staying.length > 0 ? [undecided(helm, staying)] : [],
    warnings: unlisted === 'keep' ? staying.map((object) => kept(object, helm)) : [],
  };
}

/** The manifests of a revision, as a release. */
async function manifestsOf(helm: HelmRevision, release: string, scopeOf: ScopeOf): Promise<Desired> {
  const { name, namespace, revision, manifests } = helm;
  const files = manifests.map((text, index) => ({ file: `manifest-${index + 1}.yaml`, text }));
  const path = `Helm revision ${revision} of ${namespace}/${name}`;
  try {
    return await resolve({ path, files, unread: [], problems: [] }, { release, namespace }, scopeOf);
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    const message = `the manifests in Helm's record cannot be read: ${error.problems[0]?.message}`;
    const remedy = 'Adopt the objects without the record of Helm: `serving apply --adopt`.';
    throw new ServingError([{ code: 'HELM_RECORD', subject: `${namespace}/${name}`, message, remedy }]);
  }
}

/** The Helm release that an object's metadata names. */
export function helmReleaseOf({ metadata }: KubeObject): string | undefined {
  return metadata.annotations?.[RELEASE_NAME];
}

function isOf({ metadata }: KubeObject, { name, namespace }: HelmRevision): boolean {
  const { annotations = {} } = metadata;
  return annotations[RELEASE_NAME] === name && annotations[RELEASE_NAMESPACE] === namespace;
}

function isHook(object: KubeObject, { namespace }: HelmRevision): boolean {
  const { metadata } = object;
  const byHelm = listAt(object, 'metadata', 'managedFields').some((entry) => /^helm$/i.test(textAt(entry, 'manager') ?? ''));
  return metadata.namespace === namespace && metadata.annotations?.[HOOK] !== undefined && byHelm;
}

function undecided({ name, namespace }: HelmRevision, objects: readonly KubeObject[]): Problem {
  return {
    code: 'HELM_UNLISTED',
    subject: `${namespace}/${name}`,
    message: 'the Helm release has objects that the manifests do not have',
    got: objects.map(displayName),
    remedy: 'Delete them with --unlisted prune, or keep them without an owner with --unlisted keep.',
  };
}

function kept(object: KubeObject, { name }: HelmRevision): Problem {
  const message = `stays: the Helm release ${name} had it, and the manifests do not`;
  const remedy = 'It belongs to no release now; delete it yourself when it is not needed any more.';
  return { code: 'OBJECT_KEPT', subject: displayName(object), message, remedy };
}
