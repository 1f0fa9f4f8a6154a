import { at, type Obj, textOrEmpty, type Value } from '../../kube/fields';
import { type Cause, forbiddenField, invalidValue } from '../failure';
import { objAt, same } from '../json';

const IMMUTABLE = 'field is immutable';

/** Immutable fields of an existing object, by kind, as paths. */
const FIXED: Readonly<Record<string, readonly string[]>> = {
  Deployment: ['spec.selector'],
  ReplicaSet: ['spec.selector'],
  DaemonSet: ['spec.selector'],
  Job: [
    'spec.completions',
    'spec.selector',
    'spec.template',
    'spec.completionMode',
    'spec.podFailurePolicy',
    'spec.backoffLimitPerIndex',
  ],
  Secret: ['type'],
  StorageClass: ['provisioner', 'parameters', 'reclaimPolicy', 'volumeBindingMode'],
  PriorityClass: ['value', 'preemptionPolicy'],
  IngressClass: ['spec.controller'],
};

const POD_WHY =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
const STATEFUL_WHY =
  "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
const CLAIM_WHY = 'spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims';
const STATEFUL_FREE = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

/** Changes of an update to immutable fields. */
export function immutableCauses(kind: string, before: Obj, after: Obj): Cause[] {
  const causes: Cause[] = [];
  for (const path of FIXED[kind] ?? []) {
    const steps = path.split('.');
    const [was, is] = [at(before, ...steps), at(after, ...steps)];
    if (same(was, is)) continue;
    const scalable = kind === 'Job' && path === 'spec.completions' && textOrEmpty(after, 'spec', 'completionMode') === 'Indexed';
    if (!scalable) causes.push(invalidValue(path, is ?? null, IMMUTABLE));
  }
  if (kind === 'StatefulSet' && !same(without(before, STATEFUL_FREE), without(after, STATEFUL_FREE)))
    causes.push(forbiddenField('spec', STATEFUL_WHY));
  if (kind === 'PersistentVolumeClaim') causes.push(...claimCauses(before, after));
  if (kind === 'Pod' && !same(podWithoutFree(before), podWithoutFree(after))) causes.push(forbiddenField('spec', POD_WHY));
  if (kind === 'Service') causes.push(...serviceCauses(objAt(before, 'spec'), objAt(after, 'spec')));
  if ((kind === 'ConfigMap' || kind === 'Secret') && before.immutable === true) {
    if (after.immutable !== true) causes.push(forbiddenField('immutable', 'field is immutable when `immutable` is set'));
    if (!same(before.data, after.data)) causes.push(forbiddenField('data', 'field is immutable when `immutable` is set'));
    if (!same(before.binaryData, after.binaryData))
      causes.push(forbiddenField('binaryData', 'field is immutable when `immutable` is set'));
  }
  if (kind.endsWith('RoleBinding') && !same(before.roleRef, after.roleRef)) {
    const { apiGroup, kind: role, name } = objAt(after, 'roleRef');
    causes.push(invalidValue('roleRef', { APIGroup: apiGroup, Kind: role, Name: name }, 'cannot change roleRef'));
  }
  return causes;
}

function without(object: Obj, fields: readonly string[]): Value {
  return Object.fromEntries(Object.entries(objAt(object, 'spec')).filter(([name]) => !fields.includes(name)));
}

function claimCauses(before: Obj, after: Obj): Cause[] {
  const free = [
    'resources',
    'volumeAttributesClassName',
    ...(textOrEmpty(before, 'spec', 'volumeName') === '' ? ['volumeName'] : []),
  ];
  if (!same(without(before, free), without(after, free))) return [forbiddenField('spec', CLAIM_WHY)];
  return [];
}

function podWithoutFree(pod: Obj): Value {
  const strip = (list: Value | undefined) =>
    Array.isArray(list) ? list.map((item) => ({ ...objAt({ item }, 'item'), image: '' })) : null;
  const spec = objAt(pod, 'spec');
  const rest = without(pod, [
    'containers',
    'initContainers',
    'activeDeadlineSeconds',
    'tolerations',
    'nodeName',
    'terminationGracePeriodSeconds',
  ]);
  return [rest, strip(spec.containers), strip(spec.initContainers)];
}

function serviceCauses(before: Obj, after: Obj): Cause[] {
  if (before.type === 'ExternalName' || after.type === 'ExternalName') return [];
  if (same(before.clusterIP, after.clusterIP)) return [];
  return [invalidValue('spec.clusterIPs[0]', after.clusterIPs ?? [after.clusterIP], 'may not change once set')];
}
