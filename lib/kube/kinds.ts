import { at } from './fields';
import { groupOf, type KubeObject } from './object';

/** What must be known about a kind before the first request: its URL, and its position in the order. */
export interface KindInfo {
  /** `group/version` created by this project, `v1` for the core group. */
  readonly apiVersion: string;
  readonly kind: string;
  /** The resource name in URLs. */
  readonly plural: string;
  readonly namespaced: boolean;
  /** Kinds of a lower order must exist before kinds of a higher one; kinds of equal order do not wait for each other. */
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
 * The kinds this project creates or encounters in model-serving stacks. Others are found by discovery.
 * The order follows dependencies: a pod needs its namespace, ServiceAccount, settings and PVCs; an autoscaler needs its target.
 * PodDisruptionBudgets come after the workloads: nothing waits for them, and pods start sooner.
 */
export const KINDS: readonly KindInfo[] = [
  kind('v1', 'Namespace', 'namespaces', false, 0),
  kind('apiextensions.k8s.io/v1', 'CustomResourceDefinition', 'customresourcedefinitions', false, 0),
  kind('scheduling.k8s.io/v1', 'PriorityClass', 'priorityclasses', false, 10),
  kind('storage.k8s.io/v1', 'StorageClass', 'storageclasses', false, 10),
  kind('node.k8s.io/v1', 'RuntimeClass', 'runtimeclasses', false, 10),
  kind('storage.k8s.io/v1', 'CSIDriver', 'csidrivers', false, 10),
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
  // They judge or serve later objects, and need their workloads running by then.
  kind('apiregistration.k8s.io/v1', 'APIService', 'apiservices', false, 28),
  kind('admissionregistration.k8s.io/v1', 'MutatingWebhookConfiguration', 'mutatingwebhookconfigurations', false, 28),
  kind('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', 'validatingwebhookconfigurations', false, 28),
  kind('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicy', 'validatingadmissionpolicies', false, 28),
  kind('admissionregistration.k8s.io/v1', 'ValidatingAdmissionPolicyBinding', 'validatingadmissionpolicybindings', false, 28),
  kind('autoscaling/v2', 'HorizontalPodAutoscaler', 'horizontalpodautoscalers', true, 30),
  kind('networking.k8s.io/v1', 'IngressClass', 'ingressclasses', false, 10),
  kind('networking.k8s.io/v1', 'Ingress', 'ingresses', true, 30),
  kind('monitoring.coreos.com/v1', 'PodMonitor', 'podmonitors', true, 30),
  kind('monitoring.coreos.com/v1', 'ServiceMonitor', 'servicemonitors', true, 30),
  kind('monitoring.coreos.com/v1', 'PrometheusRule', 'prometheusrules', true, 30),
  kind('keda.sh/v1alpha1', 'ScaledObject', 'scaledobjects', true, 30),
  kind('external-secrets.io/v1', 'ExternalSecret', 'externalsecrets', true, 10),
  kind('resource.k8s.io/v1', 'ResourceClaimTemplate', 'resourceclaimtemplates', true, 10),
  kind('leaderworkerset.x-k8s.io/v1', 'LeaderWorkerSet', 'leaderworkersets', true, 20),
  kind('disaggregatedset.x-k8s.io/v1', 'DisaggregatedSet', 'disaggregatedsets', true, 20),
  kind('ray.io/v1', 'RayService', 'rayservices', true, 20),
  kind('inference.networking.k8s.io/v1', 'InferencePool', 'inferencepools', true, 30),
  kind('gateway.networking.k8s.io/v1', 'HTTPRoute', 'httproutes', true, 30),
  kind('gateway.networking.k8s.io/v1', 'GRPCRoute', 'grpcroutes', true, 30),
  // Kinds that a release queries or writes for itself.
  kind('v1', 'Node', 'nodes', false, 0),
  kind('v1', 'Event', 'events', true, 30),
  kind('coordination.k8s.io/v1', 'Lease', 'leases', true, 10),
  kind('authorization.k8s.io/v1', 'SelfSubjectRulesReview', 'selfsubjectrulesreviews', false, 0),
];

/** The scope of a kind's objects. */
export type Scope = 'Namespaced' | 'Cluster';

const byKind = new Map(KINDS.map((info) => [`${info.apiVersion} ${info.kind}`, info]));

/** The table's entry for a kind, or undefined. */
export function kindInfo(object: { readonly apiVersion: string; readonly kind: string }): KindInfo | undefined {
  return byKind.get(`${object.apiVersion} ${object.kind}`);
}

/** Whether a kind is known to be cluster-scoped. For a kind not in the table, only the cluster knows. */
export function isClusterScoped(object: { readonly apiVersion: string; readonly kind: string }): boolean {
  return kindInfo(object)?.namespaced === false;
}

/** `k8s.io` groups of the API server itself; others, such as `gateway.networking.k8s.io`, come from CRDs. */
const OWN_GROUPS =
  /^(admissionregistration|apiextensions|apiregistration|authentication|authorization|certificates|coordination|discovery|events|flowcontrol\.apiserver|internal\.apiserver|networking|node|rbac\.authorization|resource|scheduling|storage|storagemigration)\.k8s\.io$/;

/** Whether Kubernetes itself serves a kind of that API group, rather than a CRD, whose group has a dot. */
export function isBuiltIn({ apiVersion }: { readonly apiVersion: string }): boolean {
  const group = groupOf(apiVersion);
  return !group.includes('.') || OWN_GROUPS.test(group);
}

/** Whether a group follows Kubernetes' own naming: `k8s.io`, or without a dot. Gateway API groups do too. */
export function isNamedBuiltIn({ apiVersion }: { readonly apiVersion: string }): boolean {
  return isBuiltIn({ apiVersion }) || groupOf(apiVersion).endsWith('.k8s.io');
}

/** The scope of a kind in the table. */
export function scopeInTable(object: { readonly apiVersion: string; readonly kind: string }): Scope | undefined {
  const info = kindInfo(object);
  return info && (info.namespaced ? 'Namespaced' : 'Cluster');
}

/** Whether an object is the CRD of another one's kind. */
export function defines(
  definition: KubeObject,
  { apiVersion, kind }: { readonly apiVersion: string; readonly kind: string },
): boolean {
  if (definition.kind !== 'CustomResourceDefinition') return false;
  return at(definition, 'spec', 'group') === groupOf(apiVersion) && at(definition, 'spec', 'names', 'kind') === kind;
}
