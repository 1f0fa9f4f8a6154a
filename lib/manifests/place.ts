import type { Problem } from '../errors/problem';
import { RELEASE_LABEL, RELEASE_NAMESPACE_LABEL } from '../kube/contract';
import { fieldsAt, isFields } from '../kube/fields';
import type { Scope } from '../kube/kinds';
import { displayName, type KubeObject } from '../kube/object';

/** A release: its name, and the namespace of its record. */
export interface Home {
  readonly release: string;
  readonly namespace: string;
}

/** The object as applied: in its namespace, with the labels of its release, in the API server's stored form. */
export function place(object: KubeObject, home: Home, scope: Scope | undefined, warnings: Problem[]): KubeObject {
  const { metadata } = object;
  if (scope === 'Cluster' && metadata.namespace !== undefined) {
    const message = 'is cluster-scoped; its namespace was ignored';
    const path = 'metadata.namespace';
    warnings.push({ code: 'NAMESPACE_IGNORED', subject: displayName(object), path, message, remedy: 'Remove the field.' });
  }
  const namespace =
    scope === 'Cluster' ? undefined : (metadata.namespace ?? (scope === 'Namespaced' ? home.namespace : undefined));
  const away = namespace === home.namespace ? undefined : home.namespace;
  const { [RELEASE_LABEL]: release, [RELEASE_NAMESPACE_LABEL]: of, ...others } = metadata.labels ?? {};
  const labelled = release === home.release && of === away && namespace === metadata.namespace;
  const stored = asStored(object);
  // The same object, so that recorded objects are recognized without comparing them.
  if (labelled && stored === object) return object;
  const { namespace: _written, ...rest } = metadata;
  const labels = { ...others, [RELEASE_LABEL]: home.release, ...(away === undefined ? {} : { [RELEASE_NAMESPACE_LABEL]: away }) };
  return { ...stored, metadata: { ...rest, ...(namespace === undefined ? {} : { namespace }), name: metadata.name, labels } };
}

function asStored(object: KubeObject): KubeObject {
  const { apiVersion, kind, metadata } = object;
  // The rules of an aggregated role belong to its controller.
  if (kind === 'ClusterRole' && isFields(object.aggregationRule) && 'rules' in object) {
    const { rules: _aggregated, ...rest } = object;
    return { ...rest, apiVersion, kind, metadata };
  }
  return kind === 'Secret' && isFields(object.stringData) ? encoded(object) : object;
}

/**
 * A Secret's `stringData` as `data`. The API server makes the same conversion on storing, but counts the never-stored fields of
 * `stringData` as owned, so it would be unknown later what was set.
 */
function encoded(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  const texts = Object.entries(isFields(stringData) ? stringData : {}).map(
    ([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const,
  );
  const { apiVersion, kind, metadata } = object;
  return { ...rest, apiVersion, kind, metadata, data: { ...fieldsAt(object, 'data'), ...Object.fromEntries(texts) } };
}
