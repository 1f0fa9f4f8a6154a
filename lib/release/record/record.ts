import type { Head } from '../model/record';
import type { Revision } from '../model/revision';

/** Whether the last release failed and was not fully restored: identical manifests then prove nothing. */
export function lastFailed(head: Head | undefined): boolean {
  return head?.revisions.at(-1)?.state === 'failed';
}

/** The revision in the cluster, if any. */
export function deployedOf(head: Head | undefined): Revision | undefined {
  return head?.revisions.findLast(({ state }) => state === 'deployed');
}
