import { READY_WHEN_ANNOTATION } from '../../kube/contract';
import { isBuiltIn } from '../../kube/kinds';
import { groupOf, type KubeObject } from '../../kube/object';
import { apiServiceStatus } from './api-service';
import { ruleOf, statusByRule } from './by-rule';
import { customResourceDefinitionStatus } from './custom-resource-definition';
import { daemonSetStatus } from './daemon-set';
import { deploymentStatus } from './deployment';
import { disaggregatedSetStatus } from './disaggregated-set';
import { beforeRules, byReadyCondition } from './generic';
import { jobStatus } from './job';
import { leaderWorkerSetStatus } from './leader-worker-set';
import { namespaceStatus } from './namespace';
import { persistentVolumeClaimStatus } from './persistent-volume-claim';
import { podStatus } from './pod';
import { replicaSetStatus } from './replica-set';
import type { Status } from './result';
import { routeStatus } from './route';
import { scaledObjectStatus } from './scaled-object';
import { serviceStatus } from './service';
import { statefulSetStatus } from './stateful-set';

export type { Status, StatusWord } from './result';

/** Context that the object itself does not contain. */
export interface StatusContext {
  /** The `metadata.generation` after the apply: anything older is in progress. @default - the object's own */
  readonly generation?: number;
  /** `volumeBindingMode` of a PVC's StorageClass, when known. */
  readonly bindingMode?: string;
  /** The pods of multi-node groups. @default - their number is not checked */
  readonly pods?: readonly KubeObject[];
  /** The multi-node groups of a set that consists of them. @default - its readiness is unknown */
  readonly groups?: readonly KubeObject[];
}

const RULES: Readonly<Record<string, (object: KubeObject, context: StatusContext, generation: number) => Status>> = {
  'apps/Deployment': deploymentStatus,
  'apps/StatefulSet': statefulSetStatus,
  'apps/DaemonSet': daemonSetStatus,
  'apps/ReplicaSet': replicaSetStatus,
  'batch/Job': jobStatus,
  '/Pod': podStatus,
  '/Service': serviceStatus,
  '/PersistentVolumeClaim': (object, { bindingMode }) => persistentVolumeClaimStatus(object, bindingMode),
  '/Namespace': namespaceStatus,
  'leaderworkerset.x-k8s.io/LeaderWorkerSet': (object, { pods }) => leaderWorkerSetStatus(object, pods),
  'disaggregatedset.x-k8s.io/DisaggregatedSet': (object, { groups, pods }) =>
    groups === undefined
      ? { status: 'Unknown', reason: 'NotObserved', message: 'Its parts were not checked' }
      : disaggregatedSetStatus(object, groups, pods),
  'apiextensions.k8s.io/CustomResourceDefinition': customResourceDefinitionStatus,
  'apiregistration.k8s.io/APIService': apiServiceStatus,
  'keda.sh/ScaledObject': scaledObjectStatus,
  'gateway.networking.k8s.io/HTTPRoute': (object, _context, generation) => routeStatus(object, generation),
  'gateway.networking.k8s.io/GRPCRoute': (object, _context, generation) => routeStatus(object, generation),
};

/**
 * The status of an object, judged only from the object itself. Kinds without a rule (ConfigMap, Ingress, HorizontalPodAutoscaler,
 * most custom resources) are current when they exist, unless a `Ready` condition says otherwise; annotations can set a rule.
 * @see https://github.com/kubernetes-sigs/cli-utils/blob/master/pkg/kstatus/README.md
 */
export function readinessOf(object: KubeObject | undefined, context: StatusContext = {}): Status {
  if (object === undefined) return { status: 'NotFound', reason: 'NotFound', message: 'It is not there' };
  const generation = Math.max(object.metadata.generation ?? 0, context.generation ?? 0);
  const rule = RULES[`${groupOf(object.apiVersion)}/${object.kind}`];
  const before = beforeRules(object, generation);
  if (before !== undefined) return before;
  const expressions = ruleOf(object);
  // Annotations apply where the object represents something outside Kubernetes: custom kinds, and APIs served by others.
  const foreign = !isBuiltIn(object) || object.kind === 'APIService';
  const annotated = foreign && READY_WHEN_ANNOTATION in (object.metadata.annotations ?? {});
  if (rule !== undefined && !annotated) return rule(object, context, generation);
  return expressions === undefined ? byReadyCondition(object, generation) : statusByRule(object, expressions);
}
