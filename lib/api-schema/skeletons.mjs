// Objects that reach as many types as possible; the generator posts them (dry run) and examines the responses.

const labels = { app: 'probe' };
const selector = { matchLabels: labels };
const http = { port: 80 };
const term = { topologyKey: 'zone', labelSelector: selector };
const nodeTerm = { matchExpressions: [{ key: 'a', operator: 'Exists' }] };

const pod = {
  containers: [
    {
      name: 'a',
      image: 'probe:1',
      ports: [{ containerPort: 80 }],
      env: [
        { name: 'A', value: 'a' },
        { name: 'B', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
        { name: 'C', valueFrom: { secretKeyRef: { name: 's', key: 'k' } } },
        { name: 'D', valueFrom: { configMapKeyRef: { name: 's', key: 'k' } } },
        { name: 'E', valueFrom: { resourceFieldRef: { resource: 'limits.cpu' } } },
      ],
      envFrom: [{ configMapRef: { name: 'a' } }, { secretRef: { name: 'a' } }],
      resources: { limits: { memory: '1Gi' } },
      livenessProbe: { httpGet: http },
      readinessProbe: { tcpSocket: { port: 80 } },
      startupProbe: { grpc: { port: 80 } },
      lifecycle: { preStop: { sleep: { seconds: 0 } }, postStart: { httpGet: http } },
      securityContext: { capabilities: { drop: ['ALL'] }, seccompProfile: { type: 'RuntimeDefault' } },
      volumeMounts: [{ name: 'empty', mountPath: '/a' }],
    },
    { name: 'b', image: 'probe:1', livenessProbe: { exec: { command: ['true'] } } },
  ],
  initContainers: [{ name: 'i', image: 'probe:1' }],
  volumes: [
    { name: 'empty', emptyDir: {} },
    { name: 'config', configMap: { name: 'c', items: [{ key: 'a', path: 'b' }] } },
    { name: 'secret', secret: { secretName: 's' } },
    { name: 'claim', persistentVolumeClaim: { claimName: 'c' } },
    { name: 'host', hostPath: { path: '/a' } },
    { name: 'down', downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
    { name: 'csi', csi: { driver: 'a.b' } },
    { name: 'nfs', nfs: { server: 'a', path: '/a' } },
    { name: 'image', image: { reference: 'probe:1' } },
    { name: 'ephemeral', ephemeral: { volumeClaimTemplate: { spec: claim() } } },
    {
      name: 'projected',
      projected: {
        sources: [
          { secret: { name: 's' } },
          { configMap: { name: 'c' } },
          { serviceAccountToken: { path: 't' } },
          { downwardAPI: { items: [{ path: 'a', fieldRef: { fieldPath: 'metadata.name' } }] } },
        ],
      },
    },
  ],
  securityContext: { sysctls: [{ name: 'a.b', value: '1' }] },
  affinity: {
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [term],
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, podAffinityTerm: term }],
    },
    podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] },
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [nodeTerm] },
      preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 1, preference: nodeTerm }],
    },
  },
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway', labelSelector: selector }],
  tolerations: [{ key: 'a', operator: 'Exists' }],
  hostAliases: [{ ip: '1.2.3.4', hostnames: ['a'] }],
  dnsConfig: { options: [{ name: 'a' }] },
  imagePullSecrets: [{ name: 'a' }],
};

function claim() {
  return { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '1Gi' } } };
}

const template = { metadata: { labels }, spec: pod };
const once = { metadata: { labels }, spec: { ...pod, restartPolicy: 'Never' } };
const object = (apiVersion, kind, rest) => ({ apiVersion, kind, metadata: { name: 'probe' }, ...rest });
const rule = { apiGroups: [''], resources: ['pods'], verbs: ['get'] };
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'a' };
const subjects = [{ kind: 'ServiceAccount', name: 'a', namespace: 'b' }];
const metrics = [
  { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 50 } } },
  { type: 'Pods', pods: { metric: { name: 'a' }, target: { type: 'AverageValue', averageValue: '1' } } },
  {
    type: 'Object',
    object: {
      metric: { name: 'a' },
      describedObject: { kind: 'Service', name: 'a', apiVersion: 'v1' },
      target: { type: 'Value', value: '1' },
    },
  },
  { type: 'External', external: { metric: { name: 'a', selector }, target: { type: 'Value', value: '1' } } },
];
const backend = { service: { name: 'a', port: { number: 80 } } };

export const skeletons = [
  object('v1', 'Namespace', {}),
  object('v1', 'Pod', { spec: pod }),
  object('v1', 'Service', { spec: { ports: [{ port: 80 }] } }),
  object('v1', 'ConfigMap', { data: { a: 'b' } }),
  object('v1', 'Secret', { data: { a: 'Yg==' } }),
  object('v1', 'ServiceAccount', { secrets: [{ name: 'a' }], imagePullSecrets: [{ name: 'a' }] }),
  object('v1', 'ResourceQuota', {
    spec: { hard: { pods: '1' }, scopeSelector: { matchExpressions: [{ scopeName: 'PriorityClass', operator: 'Exists' }] } },
  }),
  object('v1', 'LimitRange', { spec: { limits: [{ type: 'Container', max: { cpu: '1' } }] } }),
  object('v1', 'PersistentVolumeClaim', { spec: { ...claim(), storageClassName: 'standard' } }),
  object('v1', 'PersistentVolume', {
    spec: { capacity: { storage: '1Gi' }, accessModes: ['ReadWriteOnce'], hostPath: { path: '/a' } },
  }),
  object('v1', 'Node', { spec: { taints: [{ key: 'a', effect: 'NoSchedule' }] } }),
  object('v1', 'Event', {
    metadata: { name: 'probe', namespace: 'default' },
    involvedObject: { kind: 'Pod', name: 'a', namespace: 'default' },
  }),
  object('v1', 'Endpoints', {
    subsets: [{ addresses: [{ ip: '1.2.3.4', targetRef: { kind: 'Pod', name: 'a' } }], ports: [{ port: 80 }] }],
  }),
  object('discovery.k8s.io/v1', 'EndpointSlice', {
    addressType: 'IPv4',
    endpoints: [{ addresses: ['1.2.3.4'], conditions: {}, targetRef: { kind: 'Pod', name: 'a' } }],
    ports: [{ port: 80 }],
  }),
  object('coordination.k8s.io/v1', 'Lease', { spec: { holderIdentity: 'a' } }),
  object('apps/v1', 'Deployment', { spec: { selector, template, strategy: { type: 'RollingUpdate', rollingUpdate: {} } } }),
  object('apps/v1', 'ReplicaSet', { spec: { selector, template } }),
  object('apps/v1', 'StatefulSet', {
    spec: {
      selector,
      template,
      serviceName: 'a',
      updateStrategy: { rollingUpdate: {} },
      volumeClaimTemplates: [{ metadata: { name: 'd' }, spec: claim() }],
    },
  }),
  object('apps/v1', 'DaemonSet', { spec: { selector, template, updateStrategy: { rollingUpdate: {} } } }),
  object('apps/v1', 'ControllerRevision', { revision: 1, data: {} }),
  object('batch/v1', 'Job', {
    spec: {
      template: once,
      podFailurePolicy: {
        rules: [
          { action: 'FailJob', onExitCodes: { operator: 'In', values: [10] } },
          { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget' }] },
        ],
      },
    },
  }),
  object('batch/v1', 'CronJob', { spec: { schedule: '* * * * *', jobTemplate: { spec: { template: once } } } }),
  object('policy/v1', 'PodDisruptionBudget', { spec: { minAvailable: 1, selector } }),
  object('autoscaling/v2', 'HorizontalPodAutoscaler', {
    spec: {
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'a' },
      maxReplicas: 2,
      metrics,
      behavior: { scaleUp: { policies: [{ type: 'Pods', value: 1, periodSeconds: 1 }] }, scaleDown: {} },
    },
  }),
  object('networking.k8s.io/v1', 'NetworkPolicy', {
    spec: {
      podSelector: selector,
      ingress: [{ from: [{ podSelector: selector }, { ipBlock: { cidr: '10.0.0.0/8' } }], ports: [{ port: 80 }] }],
      egress: [{ to: [{ namespaceSelector: {} }] }],
    },
  }),
  object('networking.k8s.io/v1', 'Ingress', {
    spec: { rules: [{ host: 'a.b', http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } }], tls: [{ hosts: ['a.b'] }] },
  }),
  object('networking.k8s.io/v1', 'IngressClass', {
    spec: { controller: 'a.b/c', parameters: { kind: 'a', name: 'b', scope: 'Cluster' } },
  }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRole', { rules: [rule] }),
  object('rbac.authorization.k8s.io/v1', 'Role', { rules: [rule] }),
  object('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', { roleRef, subjects }),
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', { roleRef, subjects }),
  object('scheduling.k8s.io/v1', 'PriorityClass', { value: 1 }),
  object('storage.k8s.io/v1', 'StorageClass', { provisioner: 'a.b/c' }),
  object('apiregistration.k8s.io/v1', 'APIService', {
    metadata: { name: 'v1.probe.dev' },
    spec: {
      group: 'probe.dev',
      version: 'v1',
      groupPriorityMinimum: 1,
      versionPriority: 1,
      service: { name: 'a', namespace: 'b' },
    },
  }),
  object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', {
    metadata: { name: 'probes.probe.dev' },
    spec: {
      group: 'probe.dev',
      scope: 'Namespaced',
      names: { plural: 'probes', kind: 'Probe' },
      versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
    },
  }),
];

/** Kinds in the data in addition to those of lib/kube/kinds.ts. */
export const extraKinds = [
  ['v1', 'Event'],
  ['v1', 'Node'],
  ['v1', 'Endpoints'],
  ['discovery.k8s.io/v1', 'EndpointSlice'],
  ['coordination.k8s.io/v1', 'Lease'],
  ['apps/v1', 'ControllerRevision'],
  ['authorization.k8s.io/v1', 'SelfSubjectAccessReview'],
  ['authorization.k8s.io/v1', 'SelfSubjectRulesReview'],
  ['autoscaling/v1', 'Scale'],
  ['meta.k8s.io/v1', 'DeleteOptions'],
];

/** Filled in under conditions implemented in code (defaults/*.ts), so not part of the data. */
export const conditional = new Set([
  'Container.imagePullPolicy',
  'DeploymentStrategy.rollingUpdate',
  'DeploymentStrategy.type',
  'ServiceSpec.clusterIP',
  'ServiceSpec.clusterIPs',
  'ServiceSpec.ipFamilies',
  'ServiceSpec.ipFamilyPolicy',
  'ServiceSpec.internalTrafficPolicy',
  'ServicePort.targetPort',
  'JobSpec.selector',
  'JobSpec.backoffLimit',
  'JobSpec.completions',
  'JobSpec.parallelism',
  'JobSpec.completionMode',
  'JobSpec.manualSelector',
  'JobSpec.podReplacementPolicy',
  'JobSpec.suspend',
  'NetworkPolicySpec.policyTypes',
  'ResourceRequirements.requests',
  'PodSpec.serviceAccountName',
  'PodSpec.serviceAccount',
  'PodSpec.priority',
  'PodSpec.preemptionPolicy',
  'NamespaceSpec.finalizers',
  'CustomResourceDefinitionSpec.conversion',
  'CustomResourceDefinitionNames.listKind',
  'CustomResourceDefinitionNames.singular',
  'ReplicaSetStatus.replicas',
  'StatefulSetUpdateStrategy.rollingUpdate',
  'DaemonSetUpdateStrategy.rollingUpdate',
  'PodStatus.qosClass',
  'HPAScalingRules.policies',
  'HPAScalingRules.selectPolicy',
  'HPAScalingRules.stabilizationWindowSeconds',
  'PodFailurePolicyOnPodConditionsPattern.status',
  'Taint.timeAdded',
  'Taint.key',
  'Taint.effect',
  'LimitRangeItem.default',
  'LimitRangeItem.defaultRequest',
  'PersistentVolumeStatus.lastPhaseTransitionTime',
  'HPAScalingPolicy.type',
  'HPAScalingPolicy.value',
  'HPAScalingPolicy.periodSeconds',
  'Lifecycle.preStop',
]);

/** Kinds whose manifests are checked, but that the sandbox does not serve: it could not simulate their function. */
export const checkedKinds = [
  'admissionregistration.k8s.io/v1 MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration',
  'node.k8s.io/v1 RuntimeClass',
  'resource.k8s.io/v1 ResourceClaimTemplate',
  'storage.k8s.io/v1 CSIDriver',
];
