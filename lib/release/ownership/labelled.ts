import type { KubeApi } from '../../client';
import { ApiError } from '../../client/errors';
import { unservedKind } from '../../client/mapping';
import { RELEASE_LABEL } from '../../kube/contract';
import { KINDS } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';
import { bounded } from '../model/stream';
import { isOfRelease } from './ownership';

/** The live objects that carry a release's label, whoever applied them, and the kinds that could not be listed. */
export async function labelledObjects(
  api: KubeApi,
  release: string,
  namespace: string,
): Promise<{ readonly objects: readonly KubeObject[]; readonly unread: readonly string[] }> {
  const unread: string[] = [];
  const lists = await bounded(KINDS, 8, async ({ apiVersion, kind, namespaced }) => {
    const place = { apiVersion, kind, labelSelector: `${RELEASE_LABEL}=${release}` };
    try {
      return (await api.list(namespaced ? { ...place, namespace } : place)).items;
    } catch (error) {
      const skipped = error instanceof ApiError && [403, 404, 405, 501].includes(error.status);
      if (!skipped && unservedKind(error) === undefined) throw error;
      if (error instanceof ApiError && error.status === 403) unread.push(kind);
      return [];
    }
  });
  return { objects: lists.flat().filter((object) => isOfRelease(object, { release, namespace })), unread };
}
