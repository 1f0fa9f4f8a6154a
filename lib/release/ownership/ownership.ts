import { RELEASE_LABEL } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import { ownedBy } from './fields';

/** Whom an existing object belongs to when it is not this release's; nothing when it is. */
export function foreignOwner(live: KubeObject, release: string): string | undefined {
  const { labels = {}, annotations = {} } = live.metadata;
  const other = labels[RELEASE_LABEL];
  if (other !== undefined) return other === release ? undefined : `the release ${other}`;
  const helm = annotations['meta.helm.sh/release-name'];
  if (helm !== undefined) return `the Helm release ${helm}`;
  // Its label is gone, its fields are still ours.
  return ownedBy(live) === undefined ? 'nobody this tool knows' : undefined;
}

/** Whether an object carries the release's label. */
export function isOfRelease(object: KubeObject, release: string): boolean {
  return object.metadata.labels?.[RELEASE_LABEL] === release;
}
