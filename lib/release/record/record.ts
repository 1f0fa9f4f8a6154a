import { isFields } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Head } from '../model/record';
import type { Revision } from '../model/revision';

/** Whether the last release failed and was not fully restored: equal manifests then prove nothing. */
export function lastFailed(head: Head | undefined): boolean {
  return head?.revisions.at(-1)?.state === 'failed';
}

/** kubectl keeps what it has applied in here, the values of Secrets too. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret without its values; every other object as it is. */
export function redact(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const hidden: Record<string, unknown> = { ...object };
  for (const field of ['data', 'stringData']) {
    const values = object[field];
    if (isFields(values)) hidden[field] = Object.fromEntries(Object.keys(values).map((key) => [key, '']));
  }
  const { apiVersion, kind, metadata } = object;
  const { [LAST_APPLIED]: _values, ...annotations } = metadata.annotations ?? {};
  return { ...hidden, apiVersion, kind, metadata: metadata.annotations === undefined ? metadata : { ...metadata, annotations } };
}

/** The revision that is in the cluster, if any. */
export function deployedOf(head: Head | undefined): Revision | undefined {
  return head?.revisions.findLast(({ state }) => state === 'deployed');
}
