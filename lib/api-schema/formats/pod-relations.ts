import { at, type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { parseQuantity } from '../../kube/quantity';
import { each, labelValue, qualifiedName, relativePath } from './format';
import { all, has, needs, oneOf, type Relation, type Rule, wrong } from './relation';

/** Operators that take several values, one or none. */
const requirement: Rule = (struct) => {
  const operator = textAt(struct, 'operator');
  const count = listAt(struct, 'values').length;
  const expected = each(labelValue)(struct.values);
  if (expected !== undefined) return wrong('values', expected, struct.values);
  if (operator === 'In' || operator === 'NotIn') return count > 0 ? [] : wrong('values', 'at least one value');
  if (operator === 'Exists' || operator === 'DoesNotExist')
    return count === 0 ? [] : wrong('values', `no value with ${operator}`);
  if (operator !== 'Gt' && operator !== 'Lt') return [];
  return count === 1 ? [] : wrong('values', 'one number');
};

const toleration: Rule = (struct) => {
  const key = textAt(struct, 'key') ?? '';
  return [
    ...(key === '' && struct.operator !== 'Exists' ? wrong('operator', 'Exists without a key') : []),
    ...(struct.operator === 'Exists' && (textAt(struct, 'value') ?? '') !== '' ? wrong('value', 'none with Exists') : []),
    ...(has(struct, 'tolerationSeconds') && struct.effect !== 'NoExecute'
      ? wrong('effect', 'NoExecute with tolerationSeconds')
      : []),
  ];
};

/** The field paths that the downward API supports. */
const FIELD_PATHS =
  /^(metadata\.(name|namespace|uid|annotations|labels)|metadata\.(labels|annotations)\['[^']+'\]|spec\.(nodeName|serviceAccountName|hostname)|status\.(hostIPs?|podIPs?))$/;

/** A null limit counts as zero: it allows no request. */
const resources: Rule = (struct) =>
  Object.entries(fieldsAt(struct, 'limits'))
    .filter(([name, limit]) => limit === null && has(fieldsAt(struct, 'requests'), name))
    .flatMap(([name]) => wrong(`limits.${name}`, 'a quantity, at least what is requested'));

/** The units in which the downward API provides a resource. */
const divisor: Rule = (struct) => {
  const text = String(struct.divisor ?? '0');
  const cpu = (textAt(struct, 'resource') ?? '').endsWith('.cpu');
  const known = cpu ? /^(0|1m|1)$/ : /^(0|1|1[kMGTPE]|1[KMGTPE]i)$/;
  return known.test(text) ? [] : wrong('divisor', cpu ? '1m or 1' : '1, or one of a unit such as 1Mi', text);
};

const seccomp: Rule = (struct) => {
  const local = struct.type === 'Localhost';
  const file = textAt(struct, 'localhostProfile');
  if (!local) return file === undefined ? [] : wrong('localhostProfile', 'none with this type');
  return file !== undefined && relativePath(file) === undefined
    ? []
    : wrong('localhostProfile', 'a path below the directory of profiles', file);
};

const securityContext: Rule = (struct) => {
  const admin = listAt(struct, 'capabilities', 'add').some((one) => /^CAP_SYS_ADMIN$/.test(String(one)));
  return struct.allowPrivilegeEscalation === false && (struct.privileged === true || admin)
    ? wrong('allowPrivilegeEscalation', 'true for a privileged container', false)
    : [];
};

const storageRequest: Rule = (struct) => {
  const field = 'resources.requests.storage';
  const amount = at(struct, 'resources', 'requests', 'storage');
  if (amount === undefined || amount === null) return wrong(field, 'a size');
  const size = typeof amount === 'string' || typeof amount === 'number' ? (parseQuantity(amount) ?? 1) : 1;
  return size <= 0 ? wrong(field, 'a size above 0', amount) : [];
};

const podSpec: Rule = (struct) => {
  const sysctls = listAt(struct, 'securityContext', 'sysctls');
  const network = sysctls.some((one) => /^net[./]/.test(textAt(one, 'name') ?? ''));
  const nameless = struct.dnsPolicy === 'None' && listAt(struct, 'dnsConfig', 'nameservers').length === 0;
  return [
    ...(nameless ? wrong('dnsConfig.nameservers', 'at least one, with dnsPolicy None') : []),
    ...(struct.hostNetwork === true && network ? wrong('securityContext.sysctls', 'none of the network with hostNetwork') : []),
    ...(struct.hostPID === true && struct.shareProcessNamespace === true
      ? wrong('shareProcessNamespace', 'false with hostPID')
      : []),
    ...['containers', 'initContainers'].flatMap((list) =>
      listAt(struct, list).flatMap((container, i) => [
        ...devices(container, `${list}[${i}]`, struct),
        ...pause(container, `${list}[${i}]`, struct),
        ...hostPorts(container, `${list}[${i}]`, struct),
      ]),
    ),
    ...listAt(struct, 'initContainers').flatMap((container, i) => initContainer(container, `initContainers[${i}]`)),
  ];
};

/** On the network of the node a port is its own. */
function hostPorts(container: unknown, path: string, pod: Fields): readonly Relation[] {
  if (pod.hostNetwork !== true) return [];
  return listAt(container, 'ports').flatMap((one, index) => {
    const hostPort = at(one, 'hostPort') ?? undefined;
    const wanted = hostPort === undefined || hostPort === at(one, 'containerPort');
    return wanted ? [] : wrong(`${path}.ports[${index}].hostPort`, 'the containerPort, with hostNetwork', hostPort);
  });
}

/** Only a sidecar has probes and a lifecycle. */
function initContainer(container: unknown, path: string): readonly Relation[] {
  if (!isFields(container) || container.restartPolicy === 'Always') return [];
  const given = ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'].filter((field) => has(container, field));
  return given.flatMap((field) => wrong(`${path}.${field}`, 'restartPolicy: Always'));
}

/** A pause before the stop is part of the pod's termination grace period. */
function pause(container: unknown, path: string, pod: Fields): readonly Relation[] {
  const seconds = at(container, 'lifecycle', 'preStop', 'sleep', 'seconds');
  const grace = Number(pod.terminationGracePeriodSeconds ?? 30);
  if (typeof seconds !== 'number' || (seconds >= 0 && seconds <= grace)) return [];
  return wrong(`${path}.lifecycle.preStop.sleep.seconds`, `0 to ${grace}, as terminationGracePeriodSeconds has it`, seconds);
}

/** A block device is a volume from a PVC. */
function devices(container: unknown, path: string, pod: Fields): readonly Relation[] {
  const claims = listAt(pod, 'volumes').filter(
    (volume) => isFields(volume) && (has(volume, 'persistentVolumeClaim') || has(volume, 'ephemeral')),
  );
  const names = claims.map((volume) => textAt(volume, 'name'));
  return listAt(container, 'volumeDevices').flatMap((device, i) => {
    const name = textAt(device, 'name');
    return names.includes(name) ? [] : wrong(`${path}.volumeDevices[${i}].name`, 'a volume of a claim', name);
  });
}

/** Annotations of a template; those of the object itself are checked with its name. */
const template: Rule = (struct) =>
  Object.keys(fieldsAt(struct, 'metadata', 'annotations'))
    .filter((key) => qualifiedName(key.toLowerCase()) !== undefined)
    .flatMap((key) => wrong('metadata.annotations', 'keys such as example.com/name', key));

/** The structs of a pod, and of its storage. */
export const POD_RELATIONS: Readonly<Record<string, Rule>> = {
  PodTemplateSpec: template,
  PodSpec: podSpec,
  LabelSelectorRequirement: requirement,
  NodeSelectorRequirement: requirement,
  Toleration: toleration,
  PodDNSConfigOption: needs('name'),
  TopologySpreadConstraint: (struct) =>
    has(struct, 'minDomains') && struct.whenUnsatisfiable === 'ScheduleAnyway'
      ? wrong('minDomains', 'whenUnsatisfiable: DoNotSchedule')
      : [],
  Container: (struct) => {
    const names = listAt(struct, 'resizePolicy').map((one) => textAt(one, 'resourceName'));
    return new Set(names).size < names.length ? wrong('resizePolicy', 'each resource once') : [];
  },
  ConfigMapEnvSource: needs('name'),
  SecretEnvSource: needs('name'),
  ConfigMapKeySelector: needs('name'),
  SecretKeySelector: needs('name'),
  ConfigMapProjection: needs('name'),
  SecretProjection: needs('name'),
  EnvFromSource: oneOf('configMapRef', 'secretRef'),
  EnvVarSource: oneOf('fieldRef', 'resourceFieldRef', 'configMapKeyRef', 'secretKeyRef', 'fileKeyRef'),
  ObjectFieldSelector: (struct) =>
    FIELD_PATHS.test(textAt(struct, 'fieldPath') ?? '')
      ? []
      : wrong('fieldPath', 'a field of the pod, such as status.podIP', struct.fieldPath),
  ResourceFieldSelector: divisor,
  ResourceRequirements: resources,
  DownwardAPIVolumeFile: oneOf('fieldRef', 'resourceFieldRef'),
  LifecycleHandler: oneOf('exec', 'httpGet', 'tcpSocket', 'sleep'),
  ExecAction: (struct) => (listAt(struct, 'command').length > 0 ? [] : wrong('command', 'a command')),
  SeccompProfile: seccomp,
  SecurityContext: securityContext,
  EphemeralVolumeSource: needs('volumeClaimTemplate'),
  PersistentVolumeClaim: needs('spec'),
  PersistentVolumeClaimTemplate: needs('spec'),
  PersistentVolumeClaimSpec: all(needs('accessModes'), storageRequest),
  PersistentVolume: needs('spec'),
  PersistentVolumeSpec: (struct) => {
    const capacity = fieldsAt(struct, 'capacity');
    const size = parseQuantity(String(capacity.storage ?? '0')) ?? 1;
    const from = Object.keys(struct).some((field) => has(struct, field) && VOLUMES.test(field));
    return [
      ...needs('accessModes')(struct),
      ...(size > 0 && Object.keys(capacity).length === 1 ? [] : wrong('capacity', 'storage above 0')),
      ...(from ? [] : wrong('', 'a kind of volume, such as csi')),
    ];
  },
  VolumeNodeAffinity: needs('required'),
};

const VOLUMES =
  /^(awsElasticBlockStore|azureDisk|azureFile|cephfs|cinder|csi|fc|flexVolume|flocker|gcePersistentDisk|glusterfs|hostPath|iscsi|local|nfs|photonPersistentDisk|portworxVolume|quobyte|rbd|scaleIO|storageos|vsphereVolume)$/;
