import { type Fields, fieldsAt, isFields, textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';

/** Fields that distinguish containers but do not affect admission: names, command lines, environments, times. */
const OWN = new Set([
  ...['name', 'args', 'command', 'env', 'envFrom', 'workingDir', 'volumeMounts', 'lifecycle'],
  ...['startupProbe', 'readinessProbe', 'livenessProbe', 'terminationMessagePath'],
]);
/** References with names that vary by workload. Their existence is checked by name. */
const NAMED = new Set(['serviceAccountName', 'serviceAccount', 'imagePullSecrets', 'hostname', 'subdomain', 'affinity']);

/**
 * The parts of a pod that admission judges: resources, security, kinds of volumes, classes, nodes, registries, the keys of
 * labels. LimitRanges, Pod Security and most policies treat pods of one shape alike, regardless of names, versions and settings.
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

const list = (value: unknown): readonly Fields[] => (Array.isArray(value) ? value.filter(isFields) : []);

function containerShape(container: Fields): unknown {
  const { registry, tag, digest } = parseImage(textAt(container, 'image') ?? '');
  const kept = Object.entries(container).filter(([field]) => !OWN.has(field) && field !== 'image');
  // Policies check an image's registry, and whether its version is pinned.
  return [registry, digest !== undefined, tag === undefined || tag === 'latest' ? tag : true, Object.fromEntries(kept)];
}

/** The kind of a volume; for a node directory, also its path. */
function volumeShape(volume: Fields): readonly string[] {
  return Object.entries(volume).flatMap(([field, source]) =>
    field === 'name' ? [] : [field === 'hostPath' ? `${field} ${textAt(source, 'path')}` : field],
  );
}
