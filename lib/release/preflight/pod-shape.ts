import { type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';

/** What tells one container from another, and admission from none: names, command lines, environments, times. */
const OWN = new Set([
  ...['name', 'args', 'command', 'env', 'envFrom', 'workingDir', 'volumeMounts', 'lifecycle'],
  ...['startupProbe', 'readinessProbe', 'livenessProbe', 'terminationMessagePath'],
]);
/** References whose names differ with the workload. Whether they are there is looked up by name. */
const NAMED = new Set(['serviceAccountName', 'serviceAccount', 'imagePullSecrets', 'hostname', 'subdomain', 'affinity']);

/**
 * A pod by what admission judges of it: resources, security, kinds of volumes, classes, nodes, registries, the keys of labels. Pods
 * of one shape get the same answer from LimitRanges, Pod Security and most policies, whatever their names, versions and settings.
 */
export function admissionShape(pod: unknown): string {
  const spec = Object.entries(fieldsAt(pod, 'spec')).map(([field, value]): readonly [string, unknown] => {
    if (field === 'containers' || field === 'initContainers') return [field, list(value).map(containerShape)];
    if (field === 'volumes') return [field, [...new Set(list(value).flatMap(volumeShape))].sort()];
    if (field === 'topologySpreadConstraints' || NAMED.has(field)) return [field, true];
    return [field, value];
  });
  const keys = (field: string) => Object.keys(fieldsAt(pod, 'metadata', field)).sort();
  return JSON.stringify([textAt(pod, 'metadata', 'namespace'), keys('labels'), keys('annotations'), Object.fromEntries(spec)]);
}

const list = (value: unknown): readonly Fields[] => listAt({ value }, 'value').filter(isFields);

function containerShape(container: Fields): unknown {
  const { registry, tag, digest } = parseImage(textAt(container, 'image') ?? '');
  const kept = Object.entries(container).filter(([field]) => !OWN.has(field) && field !== 'image');
  // Policies look at where an image comes from, and whether its version is pinned.
  return [registry, digest !== undefined, tag === undefined || tag === 'latest' ? tag : true, Object.fromEntries(kept)];
}

/** The kind of a volume; of a directory of the node its path too. */
function volumeShape(volume: Fields): readonly string[] {
  return Object.entries(volume).flatMap(([field, source]) =>
    field === 'name' ? [] : [field === 'hostPath' ? `${field} ${textAt(source, 'path')}` : field],
  );
}
