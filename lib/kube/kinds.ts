/** What has to be known of a kind before the first request: where its URL is, and when it has to be there. */
export interface KindInfo {
  /** `group/version` this project renders, `v1` for the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The resource name in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Kinds of a lower order have to exist before kinds of a higher one; equal ones do not wait for each other. */
  readonly order: number;
}

const kind = (apiVersion: string, name: string, plural: string, namespaced: boolean, order: number): KindInfo => ({
  apiVersion,
  kind: name,
  plural,
  namespaced,
  order,
});

/**
 * The kinds this project renders or meets in model-serving stacks. Others are found by discovery.
 * Order follows what needs what: a pod needs its namespace, account, settings and claims; an autoscaler needs its target.
 * Budgets come after the workloads: nothing waits for them, and pods start the sooner.
 */
export const KINDS: readonly KindInfo[] = [
  kind('v1', 'Namespace', 'namespaces', false, 0),
  kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false, 0),
  kind('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false, 10),
  kind('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false, 10),
  kind('v1', 'PersistentVolume', 'persistentvolumes', false, 10),
  kind('v1', 'ResourceQuota', 'resourcequotas', true, 10),
  kind('v1', 'LimitRange', 'limitranges', true, 10),
  kind('v1', 'ServiceAccount', 'serviceaccounts', true, 10),
  kind('rbac.authorization.k8s.io/v1', 'ClusterRole', 'clusterroles', false, 10),
  kind('rbac.authorization.k8s.io/v1', 'Role', 'roles', true, 10),
  kind('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', 'clusterrolebindings', false, 11),
  kind('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rolebindings', true, 11),
  kind('v1', 'Secret', 'secrets', true, 10),
  kind('v1', 'ConfigMap', 'configmaps', true, 10),
  kind('networking.k8s.io/v1', 'NetworkPolicy', 'networkpolicies', true, 10),
  kind('v1', 'PersistentVolumeClaim', 'persistentvolumeclaims', true, 10),
  kind('v1', 'Service', 'services', true, 10),
  kind('policy/v1', 'PodDisruptionBudget', 'poddisruptionbudgets', true, 30),
  kind('v1', 'Pod', 'pods', true, 20),
  kind('apps/v1', 'ReplicaSet', 'replicasets', true, 20),
  kind('apps/v1', 'Deployment', 'deployments', true, 20),
  kind('apps/v1', 'StatefulSet', 'statefulsets', true, 20),
  kind('apps/v1', 'DaemonSet', 'daemonsets', true, 20),
  kind('batch/v1', 'Job', 'jobs', true, 20),
  kind('batch/v1', 'CronJob', 'cronjobs', true, 20),
  kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', true, 30),
  kind('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false, 10),
  kind('networking.k8s.io/v1', 'Ingress', 'ingresses', true, 30),
  kind('apiregistration.k8s.io/v1', 'APIService', 'apiservices', false, 30),
  kind('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors', true, 30),
  kind('monitoring.coreos.com/v1', 'ServiceMonitor', 'servicemonitors', true, 30),
  kind('monitoring.coreos.com/v1', 'PrometheusRule', 'prometheusrules', true, 30),
  kind('keda.sh/v1alpha1', 'ScaledObject', 'scaledobjects', true, 30),
  // What a release asks about or writes for itself.
  kind('v1', 'Node', 'nodes', false, 0),
  kind('v1', 'Event', 'events', true, 30),
  kind('coordination.k8s.io/v1', 'Lease', 'leases', true, 10),
  kind('authorization.k8s.io/v1', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', false, 0),
];

const byKind = new Map(KINDS.map((info) => [`${info.apiVersion} ${info.kind}`, info]));

/** The table's entry for a kind, or nothing when the table does not have it. */
export function kindInfo(object: { readonly apiVersion: string; readonly kind: string }): KindInfo | undefined {
  return byKind.get(`${object.apiVersion} ${object.kind}`);
}

/** Kinds that exist once per cluster. A kind that the table does not have counts as namespaced. */
export function isClusterScoped(object: { readonly apiVersion: string; readonly kind: string }): boolean {
  return kindInfo(object)?.namespaced === false;
}

/** Whether Kubernetes itself serves a kind of that API group, and no custom resource definition. */
export function isBuiltIn({ apiVersion }: { readonly apiVersion: string }): boolean {
  return /^(v1|[a-z]+\/v\w+|[a-z0-9.-]+\.k8s\.io\/v\w+)$/.test(apiVersion);
}
