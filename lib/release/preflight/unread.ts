import { ApiError } from '../../client/errors';
import { unservedKind } from '../../client/mapping';

/**
 * Why objects of the cluster cannot be read, which is no failure of a plan: the user may not, or the cluster does not serve the
 * kind, which comes with a later release, or in another version. Throws every other error.
 */
export function unread(error: unknown): 'forbidden' | 'unserved' {
  if (unservedKind(error) !== undefined) return 'unserved';
  if (!(error instanceof ApiError)) throw error;
  // The sandbox answers with 501 for kinds that it does not model.
  if (error.status === 404 || error.status === 501) return 'unserved';
  if (error.status === 403 || error.status === 401) return 'forbidden';
  throw error;
}
