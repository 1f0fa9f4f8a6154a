import {
  absolutePath,
  amount,
  between,
  cidr,
  countOrShare,
  dnsLabel,
  each,
  type Format,
  filled,
  hostOrWildcard,
  ip,
  labels,
  maybe,
  natural,
  objectName,
  oneOf,
  pathName,
  port,
  portName,
  positive,
  qualifiedName,
  resourceName,
  ruleHost,
  serviceName,
  some,
} from './format';

const RETAIN = oneOf('Retain', 'Delete', '');
const appProtocol: Format = maybe(qualifiedName);
const RBAC_GROUP = 'rbac.authorization.k8s.io';

/** A map from resources to amounts. */
const amounts: Format = (value) =>
  typeof value === 'object' && value !== null
    ? Object.entries(value)
        .map(([name, quantity]) => resourceName(name) ?? amount(quantity ?? 0))
        .find((wrong) => wrong !== undefined)
    : undefined;

/** Fields of all other kinds: what the API server accepts. @see kubernetes/pkg/apis, the validation of each group */
export const KIND_FORMATS: Readonly<Record<string, Format>> = {
  'ObjectMeta.finalizers': each((value) =>
    ['kubernetes', 'orphan', 'foregroundDeletion'].includes(String(value)) || String(value).includes('/')
      ? qualifiedName(value)
      : 'a finalizer with a prefix',
  ),
  'DaemonSetSpec.revisionHistoryLimit': natural,
  'RollingUpdateDaemonSet.maxUnavailable': countOrShare,
  'StatefulSetSpec.serviceName': maybe((value) => (String(value).length > 63 ? 'at most 63 characters' : objectName(value))),
  'StatefulSetOrdinals.start': natural,
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenDeleted': RETAIN,
  'StatefulSetPersistentVolumeClaimRetentionPolicy.whenScaled': RETAIN,
  'RollingUpdateStatefulSetStrategy.partition': natural,
  'CronJobSpec.schedule': cron,
  'CronJobSpec.timeZone': timeZone,
  'CronJobSpec.startingDeadlineSeconds': natural,
  'CronJobSpec.successfulJobsHistoryLimit': natural,
  'CronJobSpec.failedJobsHistoryLimit': natural,
  'PodFailurePolicyOnExitCodesRequirement.operator': oneOf('In', 'NotIn'),
  'PodFailurePolicyOnPodConditionsPattern.type': qualifiedName,
  'PodFailurePolicyOnPodConditionsPattern.status': maybe(oneOf('True', 'False', 'Unknown')),
  'ServiceSpec.selector': labels,
  'ServiceSpec.clusterIP': maybe((value) => (value === 'None' ? undefined : ip(value))),
  'ServiceSpec.externalIPs': each(ip),
  'ServiceSpec.loadBalancerSourceRanges': each((value) => cidr(String(value).trim())),
  'ServiceSpec.ipFamilies': each(oneOf('IPv4', 'IPv6')),
  'ServicePort.name': maybe(dnsLabel),
  'ServicePort.appProtocol': qualifiedName,
  'ServicePort.nodePort': (value) => (Number(value) <= 0 ? undefined : port(value)),
  'ClientIPConfig.timeoutSeconds': between(1, 86_400),
  'EndpointPort.name': maybe(dnsLabel),
  'EndpointPort.appProtocol': appProtocol,
  'EndpointAddress.ip': ip,
  'IngressSpec.ingressClassName': objectName,
  'ServiceSpec.internalTrafficPolicy': filled,
  'ServiceSpec.ipFamilyPolicy': filled,
  'NetworkPolicyPort.protocol': filled,
  'StorageClass.volumeBindingMode': filled,
  'JobSpec.completionMode': filled,
  'JobSpec.podReplacementPolicy': filled,
  'PodDisruptionBudgetSpec.unhealthyPodEvictionPolicy': filled,
  'EndpointSlice.addressType': filled,
  'ResourceMetricSource.name': filled,
  'IngressRule.host': ruleHost,
  'IngressTLS.hosts': each((value) => (value === '' ? 'a host name' : hostOrWildcard(value))),
  'IngressTLS.secretName': maybe(objectName),
  'IngressServiceBackend.name': serviceName,
  'ServiceBackendPort.name': maybe(portName),
  'ServiceBackendPort.number': (value) => (value === 0 ? undefined : port(value)),
  'HTTPIngressPath.path': maybe(absolutePath),
  'IngressClassSpec.controller': (value) => {
    const [domain = '', ...path] = String(value).split('/');
    const right = /^[A-Za-z0-9/_.~%!$&'()*+,;=:-]+$/.test(path.join('/')) && String(value).length <= 250;
    return right && objectName(domain) === undefined ? undefined : 'a path with a domain in front, example.com/ingress';
  },
  'IngressClassParametersReference.kind': pathName,
  'IngressClassParametersReference.name': pathName,
  'IngressClassParametersReference.apiGroup': objectName,
  'IngressClassParametersReference.scope': oneOf('Cluster', 'Namespace'),
  'NetworkPolicySpec.policyTypes': each(oneOf('Ingress', 'Egress')),
  'NetworkPolicyPort.port': (value) => (typeof value === 'number' ? port(value) : portName(value)),
  'NetworkPolicyPort.endPort': port,
  'IPBlock.cidr': cidr,
  'IPBlock.except': each(cidr),
  'CrossVersionObjectReference.kind': pathName,
  'CrossVersionObjectReference.name': pathName,
  'MetricSpec.type': oneOf('ContainerResource', 'External', 'Object', 'Pods', 'Resource'),
  'MetricTarget.type': oneOf('Utilization', 'Value', 'AverageValue'),
  'MetricTarget.averageUtilization': positive,
  'MetricIdentifier.name': pathName,
  'ContainerResourceMetricSource.name': resourceName,
  'ContainerResourceMetricSource.container': dnsLabel,
  'HPAScalingRules.selectPolicy': oneOf('Max', 'Min', 'Disabled'),
  'HPAScalingRules.stabilizationWindowSeconds': between(0, 3600),
  'HPAScalingRules.policies': some,
  'HPAScalingPolicy.type': oneOf('Pods', 'Percent'),
  'HPAScalingPolicy.value': positive,
  'HPAScalingPolicy.periodSeconds': between(1, 1800),
  'RoleRef.kind': oneOf('Role', 'ClusterRole'),
  'RoleRef.apiGroup': maybe(oneOf(RBAC_GROUP)),
  'RoleRef.name': pathName,
  'Subject.kind': oneOf('ServiceAccount', 'User', 'Group'),
  'Subject.name': filled,
  'PolicyRule.verbs': some,
  'ResourceQuotaSpec.hard': amounts,
  'ResourceQuotaSpec.scopes': each(
    oneOf(
      'Terminating',
      'NotTerminating',
      'BestEffort',
      'NotBestEffort',
      'PriorityClass',
      'CrossNamespacePodAffinity',
      'VolumeAttributesClass',
    ),
  ),
  ...Object.fromEntries(['default', 'defaultRequest', 'max', 'min'].map((field) => [`LimitRangeItem.${field}`, amounts])),
  'RuntimeClass.handler': dnsLabel,
  'Scheduling.nodeSelector': labels,
  'Overhead.podFixed': amounts,
  'Endpoint.addresses': some,
  'LimitRangeItem.type': (value) =>
    ['Pod', 'Container', 'PersistentVolumeClaim'].includes(String(value)) || String(value).includes('/')
      ? qualifiedName(value)
      : 'Pod, Container or PersistentVolumeClaim',
  'StorageClass.provisioner': (value) => qualifiedName(String(value).toLowerCase()),
  'HTTPIngressPath.pathType': oneOf('Exact', 'ImplementationSpecific', 'Prefix'),
  'HTTPIngressRuleValue.paths': some,
  'Endpoint.nodeName': objectName,
  'PriorityClass.preemptionPolicy': oneOf('Never', 'PreemptLowerPriority'),
};

const FIELD = String.raw`(\*|\?|[0-9A-Za-z]+(-[0-9A-Za-z]+)?)(/[0-9]+)?`;
const CRON = new RegExp(`^${FIELD}(,${FIELD})*$`);
const RANGES: readonly (readonly [number, number])[] = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 6],
];

/** A schedule as parsed by the CronJob controller. */
function cron(value: unknown): string | undefined {
  const expected = 'a schedule of five fields such as "0 3 * * *"';
  const text = String(value);
  if (/TZ/.test(text)) return 'a schedule without time zone; timeZone has it';
  if (/^@(yearly|annually|monthly|weekly|daily|midnight|hourly)$|^@every ([0-9.]+(ns|us|ms|s|m|h))+$/.test(text))
    return undefined;
  const fields = text.trim().split(/\s+/);
  if (fields.length !== 5 || !fields.every((field) => CRON.test(field))) return expected;
  // A step is above zero, and a range ends after its beginning.
  if (
    fields.some(
      (field) =>
        /\/0+(?:,|$)/.test(field) || [...field.matchAll(/(\d+)-(\d+)/g)].some(([, from, to]) => Number(from) > Number(to)),
    )
  )
    return expected;
  const fits = fields.every((field, index) => {
    const [least, most] = RANGES[index] ?? [0, 0];
    const numbers = field.replace(/\/\d+/g, '').match(/\d+/g) ?? [];
    const words = field.match(/[A-Za-z]+/g) ?? [];
    const known = index === 3 ? MONTHS : index === 4 ? DAYS : /^$/;
    return (
      numbers.every((number) => Number(number) >= least && Number(number) <= most) && words.every((word) => known.test(word))
    );
  });
  return fits ? undefined : expected;
}

const MONTHS = /^(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)$/i;
const DAYS = /^(sun|mon|tue|wed|thu|fri|sat)$/i;

/** A time zone in the IANA database. */
function timeZone(value: unknown): string | undefined {
  const expected = 'a time zone such as Europe/Berlin';
  if (typeof value !== 'string' || !/^[A-Za-z][-A-Za-z0-9_+]*(\/[-A-Za-z0-9_+]+)*$/.test(value)) return expected;
  try {
    const { timeZone: known } = new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions();
    // Only the case of an alias cannot be checked.
    return known.toLowerCase() === value.toLowerCase() && known !== value ? expected : undefined;
  } catch {
    return expected;
  }
}
