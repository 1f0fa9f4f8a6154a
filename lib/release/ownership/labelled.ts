import type { KubeApi } from '../../client';
import { RELEASE_LABEL } from '../../kube/contract';
import { KINDS } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';
import { bounded } from '../model/stream';
import { listed } from './listed';
import { isOfRelease } from './ownership';

/** The live objects with a release's label, regardless of who applied them, and the kinds that could not be listed. */
export async function labelledObjects(
  api: KubeApi,
  release: string,
  namespace: string,
): Promise<{ readonly objects: readonly KubeObject[]; readonly unread: readonly string[] }> {
  const unread: string[] = [];
  const lists = await bounded(KINDS, 8, async ({ apiVersion, kind, namespaced }) => {
    const place = { apiVersion, kind, labelSelector: `${RELEASE_LABEL}=${release}` };
    return listed(api, namespaced ? { ...place, namespace } : place, unread);
  });
  return { objects: lists.flat().filter((object) => isOfRelease(object, { release, namespace })), unread };
}
