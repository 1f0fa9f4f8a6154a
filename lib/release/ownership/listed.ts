import type { KindSelector, KubeApi } from '../../client/api';
import { ApiError } from '../../client/errors';
import { unservedKind } from '../../client/mapping';
import type { KubeObject } from '../../kube/object';

/** The objects of a kind; empty where it is not served or may not be listed. @param unread receives kinds not allowed to list */
export async function listed(api: KubeApi, selector: KindSelector, unread: string[] = []): Promise<readonly KubeObject[]> {
  try {
    return (await api.list(selector)).items;
  } catch (error) {
    const skipped = error instanceof ApiError && [403, 404, 405, 501].includes(error.status);
    if (!skipped && unservedKind(error) === undefined) throw error;
    if (error instanceof ApiError && error.status === 403) unread.push(selector.kind);
    return [];
  }
}
