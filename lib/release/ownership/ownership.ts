import { RELEASE_LABEL, RELEASE_NAMESPACE_LABEL } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import type { Home } from '../../manifests/place';
import { ownedBy } from './fields';

/** Whether an object carries the labels of a release: its name, and its namespace where the object is in another one. */
export function isOfRelease({ metadata }: KubeObject, { release, namespace }: Home): boolean {
  const { labels = {} } = metadata;
  return labels[RELEASE_LABEL] === release && (labels[RELEASE_NAMESPACE_LABEL] ?? metadata.namespace) === namespace;
}

/**
 * Whether an object belongs to a release. Where labels are missing, the record has the uids of its objects. They are trusted only
 * inside the record's own namespace, because anyone who may write Secrets there could insert another uid.
 */
export function belongsTo(live: KubeObject, home: Home, recorded: ReadonlySet<string>): boolean {
  if (isOfRelease(live, home)) return true;
  const { labels = {}, uid, namespace } = live.metadata;
  if (namespace !== home.namespace) return false;
  const unclear = (labels[RELEASE_LABEL] ?? home.release) === home.release && labels[RELEASE_NAMESPACE_LABEL] === undefined;
  return unclear && uid !== undefined && recorded.has(uid) && ownedBy(live) !== undefined;
}

/** The owner of an existing object that is not this release's; undefined when it is. */
export function foreignOwner(live: KubeObject, home: Home, recorded: ReadonlySet<string>): string | undefined {
  if (belongsTo(live, home, recorded)) return undefined;
  const { labels = {}, annotations = {}, namespace } = live.metadata;
  const release = labels[RELEASE_LABEL];
  const from = labels[RELEASE_NAMESPACE_LABEL] ?? namespace ?? 'another namespace';
  if (release !== undefined) return `the release ${release} of ${from}`;
  const helm = annotations['meta.helm.sh/release-name'];
  if (helm !== undefined) return `the Helm release ${helm}`;
  return ownedBy(live) === undefined ? 'no release of this tool' : 'a release of this tool whose label was removed';
}
