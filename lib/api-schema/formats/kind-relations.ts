import { at, type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { parseQuantity } from '../../kube/quantity';
import { ip, objectName, pathName, port } from './format';
import { all, has, needs, oneOf, type Relation, type Rule, wrong } from './relation';

const METRICS: readonly string[] = ['ContainerResource', 'External', 'Object', 'Pods', 'Resource'];

const metric: Rule = (struct) => {
  const type = textAt(struct, 'type') ?? '';
  const field = `${type.slice(0, 1).toLowerCase()}${type.slice(1)}`;
  return METRICS.includes(type) && !has(struct, field) ? wrong(field, `what the type ${type} is about`) : [];
};

/** The target of a metric: exactly one of its possible values, above zero. */
function target(...fields: readonly string[]): Rule {
  return (struct) => {
    const given = fieldsAt(struct, 'target');
    const set = ['averageUtilization', 'averageValue', 'value'].filter((field) => has(given, field));
    const meant = set.filter((field) => fields.includes(field));
    if (meant.length === 0) return wrong(`target.${fields[0]}`, 'a value');
    if (meant.length > 1) return wrong(`target.${meant[1]}`, `one of ${fields.join(' and ')}`);
    return set.flatMap((field) => (amountAt(given, field) > 0 ? [] : wrong(`target.${field}`, 'more than 0', given[field])));
  };
}

function amountAt(struct: Fields, field: string): number {
  const value = struct[field];
  return typeof value === 'string' || typeof value === 'number' ? (parseQuantity(value) ?? 1) : 1;
}

const policyRule: Rule = (struct) => {
  const given = (field: string) => listAt(struct, field).length > 0;
  if (given('nonResourceURLs'))
    return given('apiGroups') || given('resources') ? wrong('nonResourceURLs', 'a rule of its own, without resources') : [];
  return ['apiGroups', 'resources'].filter((field) => !given(field)).flatMap((field) => wrong(field, 'at least one'));
};

const subject: Rule = (struct) => {
  const [kind, group] = [textAt(struct, 'kind'), textAt(struct, 'apiGroup') ?? ''];
  const rbac = 'rbac.authorization.k8s.io';
  if (kind !== 'ServiceAccount') return group === '' || group === rbac ? [] : wrong('apiGroup', rbac, group);
  const expected = objectName(struct.name);
  return [
    ...(group === '' ? [] : wrong('apiGroup', 'none for a ServiceAccount', group)),
    ...(expected === undefined ? [] : wrong('name', expected, struct.name)),
  ];
};

/** A number of an IPv4 network, and the length of its prefix; undefined for anything else. */
function networkOf(text: string): readonly [start: number, length: number] | undefined {
  const [, address = '', length] = /^(\d+(?:\.\d+){3})\/(\d+)$/.exec(text) ?? [];
  return length === undefined
    ? undefined
    : [address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), Number(length)];
}

/** Exceptions of a block lie inside it, and are smaller. */
const exceptions: Rule = (struct) => {
  const outer = networkOf(textAt(struct, 'ipBlock', 'cidr') ?? '');
  return listAt(struct, 'ipBlock', 'except').flatMap((one, index) => {
    const inner = networkOf(String(one));
    if (outer === undefined || inner === undefined) return [];
    const block = 2 ** (32 - outer[1]);
    const inside = inner[1] > outer[1] && Math.floor(inner[0] / block) === Math.floor(outer[0] / block);
    return inside ? [] : wrong(`ipBlock.except[${index}]`, 'a smaller block inside cidr', one);
  });
};

/** A binding without a namespace: it binds no Role, and its ServiceAccounts name their namespace. */
const clusterRoleBinding: Rule = (struct) => [
  ...(textAt(struct, 'roleRef', 'kind') === 'Role' ? wrong('roleRef.kind', 'ClusterRole', 'Role') : []),
  ...listAt(struct, 'subjects').flatMap((one, index) =>
    textAt(one, 'kind') === 'ServiceAccount' && (textAt(one, 'namespace') ?? '') === ''
      ? wrong(`subjects[${index}].namespace`, 'a value')
      : [],
  ),
];

const service: Rule = (struct) => {
  const type = textAt(struct, 'type') || 'ClusterIP';
  const balancer = type === 'LoadBalancer';
  const outside = balancer || type === 'NodePort';
  const only = (field: string, there: boolean, expected: string) => (there ? wrong(field, expected) : []);
  const policy = has(struct, 'externalTrafficPolicy') && struct.externalTrafficPolicy !== '';
  const host = (textAt(struct, 'externalName') ?? '').replace(/\.$/, '');
  const expectedHost = type === 'ExternalName' ? objectName(host) : undefined;
  return [
    ...(balancer ? [] : only('loadBalancerSourceRanges', listAt(struct, 'loadBalancerSourceRanges').length > 0, BALANCER)),
    ...(balancer ? [] : only('allocateLoadBalancerNodePorts', has(struct, 'allocateLoadBalancerNodePorts'), BALANCER)),
    ...(outside ? [] : only('externalTrafficPolicy', policy && listAt(struct, 'externalIPs').length === 0, OUTSIDE)),
    ...listAt(struct, 'ports').flatMap((one, i) =>
      outside || type === 'ExternalName' ? [] : only(`ports[${i}].nodePort`, Number(at(one, 'nodePort') ?? 0) > 0, OUTSIDE),
    ),
    ...(struct.sessionAffinity === 'None'
      ? only('sessionAffinityConfig', has(fieldsAt(struct, 'sessionAffinityConfig'), 'clientIP'), 'sessionAffinity: ClientIP')
      : []),
    ...(balancer ? only('clusterIP', struct.clusterIP === 'None', 'no headless Service of this type') : []),
    ...(expectedHost === undefined ? [] : wrong('externalName', expectedHost, struct.externalName)),
  ];
};

const BALANCER = 'a Service of type LoadBalancer';
const OUTSIDE = 'a Service of type NodePort or LoadBalancer';

/** Exit codes in order, without duplicates, of an existing container. */
const job: Rule = (struct) => {
  const pod = fieldsAt(struct, 'template', 'spec');
  const names = [...listAt(pod, 'containers'), ...listAt(pod, 'initContainers')].map((container) => textAt(container, 'name'));
  const codes = listAt(struct, 'podFailurePolicy', 'rules').flatMap((rule, i): readonly Relation[] => {
    const path = `podFailurePolicy.rules[${i}].onExitCodes`;
    const values = listAt(rule, 'onExitCodes', 'values').map(Number);
    const container = textAt(rule, 'onExitCodes', 'containerName');
    return [
      ...(values.some((value, n) => value <= (values[n - 1] ?? Number.NEGATIVE_INFINITY))
        ? wrong(`${path}.values`, 'different codes in ascending order', values)
        : []),
      ...(container === undefined || names.includes(container) ? [] : wrong(`${path}.containerName`, 'a container', container)),
    ];
  });
  const indexed = struct.completionMode === 'Indexed';
  const selected = Object.keys(fieldsAt(struct, 'selector', 'matchLabels'));
  const own = struct.manualSelector !== true && selected.some((key) => !/(?:^|\/)(?:controller-uid|job-name)$/.test(key));
  return [
    ...(indexed && !has(struct, 'completions') ? wrong('completions', 'a count, with Indexed') : []),
    ...(own ? wrong('selector', 'none: the API server makes it, unless manualSelector is true') : []),
    ...codes,
  ];
};

/** Minimum, request, default and maximum of each resource, in this order. */
const limits: Rule = (struct) => {
  const order = ['min', 'defaultRequest', 'default', 'max'];
  const names = new Set(order.flatMap((field) => Object.keys(fieldsAt(struct, field))));
  return [...names].flatMap((name) => {
    const given = order.filter((field) => name in fieldsAt(struct, field));
    const amounts = given.map((field) => parseQuantity(String(at(struct, field, name) ?? '0').trim()) ?? 0);
    const bad = amounts.findIndex((amount, i) => i > 0 && amount < (amounts[i - 1] ?? 0));
    return bad < 0 ? [] : wrong(`${given[bad]}.${name}`, `at least ${given[bad - 1]}`, at(struct, given[bad] ?? '', name));
  });
};

/** The required keys of a Secret of a built-in type. */
const secret: Rule = (struct) => {
  const value = (key: string): string | undefined => {
    const data = at(struct, 'data', key);
    const text = at(struct, 'stringData', key);
    if (typeof text === 'string') return text;
    return typeof data === 'string' ? Buffer.from(data, 'base64').toString() : undefined;
  };
  const missing = (...keys: readonly string[]) =>
    keys.filter((key) => value(key) === undefined).flatMap((key) => wrong(`data["${key}"]`, `a value, in a Secret of this type`));
  const json = (key: string) => (isJson(value(key)) ? [] : wrong(`data["${key}"]`, 'JSON'));
  switch (struct.type) {
    case 'kubernetes.io/dockerconfigjson':
      return json('.dockerconfigjson');
    case 'kubernetes.io/dockercfg':
      return json('.dockercfg');
    case 'kubernetes.io/basic-auth':
      return value('username') === undefined && value('password') === undefined ? missing('username', 'password') : [];
    case 'kubernetes.io/ssh-auth':
      return value('ssh-privatekey') ? [] : wrong('data["ssh-privatekey"]', 'a key');
    case 'kubernetes.io/tls':
      return missing('tls.crt', 'tls.key');
    default:
      return [];
  }
};

function isJson(text: string | undefined): boolean {
  try {
    return text !== undefined && isFields(JSON.parse(text));
  } catch {
    return false;
  }
}

/** A name with a lower length limit, because other names are derived from it. */
function shortName(most: number): Rule {
  return (struct) => {
    const name = textAt(struct, 'metadata', 'name') ?? '';
    return name.length > most ? wrong('metadata.name', `at most ${most} characters`, name) : [];
  };
}

const LEVELS: readonly string[] = ['privileged', 'baseline', 'restricted'];

const namespace: Rule = (struct) =>
  Object.entries(fieldsAt(struct, 'metadata', 'labels')).flatMap(([key, value]) => {
    const [, version] = /^pod-security\.kubernetes\.io\/(?:enforce|audit|warn)(-version)?$/.exec(key) ?? [key, 'another label'];
    if (version === 'another label') return [];
    const right = version === undefined ? LEVELS.includes(String(value)) : /^(latest|v1\.\d+)$/.test(String(value));
    return right ? [] : wrong(`metadata.labels["${key}"]`, version === undefined ? LEVELS.join(', ') : 'latest or v1.N', value);
  });

/** Structs of all other kinds. */
export const KIND_RELATIONS: Readonly<Record<string, Rule>> = {
  Namespace: namespace,
  Secret: secret,
  Job: shortName(63),
  CronJob: shortName(52),
  StatefulSet: shortName(63),
  PodDisruptionBudget: (struct) => {
    const expected = pathName(at(struct, 'metadata', 'name'));
    return expected === undefined ? [] : wrong('metadata.name', expected);
  },
  JobSpec: job,
  RollingUpdateDaemonSet: (struct) =>
    /^0+%?$/.test(String(struct.maxUnavailable ?? '1')) && /^0*%?$/.test(String(struct.maxSurge ?? ''))
      ? wrong('maxUnavailable', 'more than 0, or maxSurge')
      : [],
  LimitRangeItem: limits,
  ServiceSpec: service,
  EndpointSubset: (struct) => {
    const ports = listAt(struct, 'ports').flatMap((one, i) => {
      const expected = port(at(one, 'port') ?? 0);
      return expected === undefined ? [] : wrong(`ports[${i}].port`, expected);
    });
    const there = listAt(struct, 'addresses').length + listAt(struct, 'notReadyAddresses').length > 0;
    return [...(there ? [] : wrong('', 'addresses or notReadyAddresses')), ...ports];
  },
  EndpointSlice: (struct) =>
    listAt(struct, 'endpoints').flatMap((endpoint, i) => {
      const expected = struct.addressType === 'FQDN' ? objectName : ip;
      return listAt(endpoint, 'addresses').flatMap((address, n) => {
        const because = expected(address);
        return because === undefined ? [] : wrong(`endpoints[${i}].addresses[${n}]`, because, address);
      });
    }),
  Ingress: needs('spec'),
  IngressSpec: (struct) =>
    has(struct, 'defaultBackend') || listAt(struct, 'rules').length > 0 ? [] : wrong('', 'defaultBackend or rules'),
  IngressBackend: all(oneOf('service', 'resource'), (struct) => {
    const { resource } = struct;
    if (!isFields(resource)) return [];
    const group = has(resource, 'apiGroup') ? objectName(resource.apiGroup) : undefined;
    return [
      ...(group === undefined ? [] : wrong('resource.apiGroup', group, resource.apiGroup)),
      ...['kind', 'name'].flatMap((field) => {
        const expected = pathName(resource[field] ?? '');
        return expected === undefined ? [] : wrong(`resource.${field}`, expected, resource[field]);
      }),
    ];
  }),
  IngressServiceBackend: (struct) => {
    const name = textAt(struct, 'port', 'name') ?? '';
    return (name === '') === (Number(at(struct, 'port', 'number') ?? 0) !== 0) ? [] : wrong('port', 'a name or a number');
  },
  HTTPIngressPath: (struct) =>
    ['Exact', 'Prefix'].includes(String(struct.pathType)) && (textAt(struct, 'path') ?? '') === ''
      ? wrong('path', 'an absolute path')
      : [],
  HTTPIngressRuleValue: (struct) => (listAt(struct, 'paths').length > 0 ? [] : wrong('paths', 'at least one')),
  IngressClass: needs('spec'),
  Role: (struct) =>
    listAt(struct, 'rules').flatMap((one, index) =>
      listAt(one, 'nonResourceURLs').length > 0
        ? wrong(`rules[${index}].nonResourceURLs`, 'none in a Role; a ClusterRole has them')
        : [],
    ),
  PriorityClass: (struct) =>
    Number(struct.value ?? 0) > 1_000_000_000 && !/^system-/.test(textAt(struct, 'metadata', 'name') ?? '')
      ? wrong('value', 'at most 1000000000', struct.value)
      : [],
  IngressClassSpec: needs('controller'),
  NetworkPolicySpec: (struct) => (listAt(struct, 'policyTypes').length > 2 ? wrong('policyTypes', 'at most two') : []),
  NetworkPolicyPeer: (struct) => {
    const pods = has(struct, 'podSelector') || has(struct, 'namespaceSelector');
    if (has(struct, 'ipBlock')) return pods ? wrong('ipBlock', 'a peer of its own') : exceptions(struct);
    return pods ? [] : wrong('', 'podSelector, namespaceSelector or ipBlock');
  },
  NetworkPolicyPort: (struct) => {
    if (!has(struct, 'endPort')) return [];
    const right = typeof struct.port === 'number' && Number(struct.endPort) >= struct.port;
    return right ? [] : wrong('endPort', 'a number at or above that of port', struct.endPort);
  },
  HorizontalPodAutoscalerSpec: (struct) => {
    const version = textAt(struct, 'scaleTargetRef', 'apiVersion') ?? '';
    return /^[^/]+\/[^/]+$/.test(version) ? [] : wrong('scaleTargetRef.apiVersion', 'a group and a version', version);
  },
  MetricSpec: metric,
  ResourceMetricSource: target('averageUtilization', 'averageValue'),
  ContainerResourceMetricSource: target('averageUtilization', 'averageValue'),
  PodsMetricSource: target('averageValue'),
  ObjectMetricSource: target('value', 'averageValue'),
  ExternalMetricSource: target('value', 'averageValue'),
  ClusterRoleBinding: clusterRoleBinding,
  PolicyRule: policyRule,
  Subject: subject,
};
