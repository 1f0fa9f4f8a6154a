import type { PodSpecFields } from './api-types';
import { DEVICE_CLAIM, type Devices, devicePlacement } from './devices';
import type { Forbidden } from './forbidden';

/** Where pods may run, in Kubernetes terms. */
export interface Placement {
  /** Labels that a node must have. @default - none */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Node taints that the pods tolerate. @default - none */
  readonly tolerations?: readonly Toleration[];
  /**
   * - `soft`: across nodes and zones where possible
   * - `strict`: never two pods on one node; needs one node per pod and one more per surge pod
   * - `none`: no preference
   * @default 'soft'
   */
  readonly spread?: 'soft' | 'strict' | 'none';
  /** Key of a node label whose value all of the component's nodes share, such as a rack or NVLink domain. @default - anywhere */
  readonly together?: string;
  /**
   * For groups of nodes: key of a node label whose value the pods of a group share, and no other group has, such as the node pool of
   * a TPU slice.
   * @default - groups may share nodes and racks
   * @see https://lws.sigs.k8s.io/docs/concepts/leaderworkerset-apis/#exclusive-placement
   */
  readonly exclusiveTopology?: string;
  /** Whether preemptible nodes are acceptable: tolerates and prefers them. @default - not tolerated */
  readonly spot?: SpotNodes;
  /** Kueue LocalQueue that admits the pods. @default - no queue */
  readonly queue?: string;
  /** Priority of the pods when there is no room. @default - the cluster's default priority */
  readonly priorityClassName?: string;
  /** Container runtime for the pods. @default - the cluster's default runtime */
  readonly runtimeClassName?: string;
  /** Scheduler of the pods, such as one that places groups together. @default - the cluster's default scheduler */
  readonly schedulerName?: string;
}

/** How a cluster marks its preemptible nodes. */
export type SpotNodes = 'gke' | 'eks' | 'aks' | 'karpenter';

/** A taint that pods tolerate. @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export type Toleration = TolerationTime &
  (
    | {
        /** Key of the taint. @default - every taint */
        readonly key?: string;
        /** Matches any value of the taint. */
        readonly operator: 'Exists';
        readonly value?: Forbidden<string, 'a toleration with Exists fits every value'>;
      }
    | {
        /** Key of the taint. */
        readonly key: string;
        /** Matches one value of the taint. @default 'Equal' */
        readonly operator?: 'Equal';
        /** Value of the taint. @default - none */
        readonly value?: string;
      }
  );

/** When a toleration applies, and for how long. */
export interface TolerationTime {
  /** Effect of the taint. @default - every effect */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** Seconds that the pod stays after the taint is added. @default - forever */
  readonly tolerationSeconds?: number;
}

const SPOT: Readonly<Record<SpotNodes, { readonly key: string; readonly value: string; readonly taint: boolean }>> = {
  gke: { key: 'cloud.google.com/gke-spot', value: 'true', taint: true },
  eks: { key: 'eks.amazonaws.com/capacityType', value: 'SPOT', taint: false },
  aks: { key: 'kubernetes.azure.com/scalesetpriority', value: 'spot', taint: true },
  karpenter: { key: 'karpenter.sh/capacity-type', value: 'spot', taint: false },
};

/** Label by which Kueue finds the pods it admits. @see https://kueue.sigs.k8s.io/docs/tasks/run/plain_pods/ */
export function queueLabels({ queue }: Placement): Readonly<Record<string, string>> {
  return queue === undefined ? {} : { 'kueue.x-k8s.io/queue-name': queue };
}

/** Annotations of an object that makes groups of nodes. */
export function groupAnnotations({ exclusiveTopology }: Placement = {}): Pick<Metadata, 'annotations'> {
  if (exclusiveTopology === undefined) return {};
  return { annotations: { 'leaderworkerset.sigs.k8s.io/exclusive-topology': exclusiveTopology } };
}
type Metadata = { readonly annotations?: Readonly<Record<string, string>> };

/**
 * The placement fields of a pod spec. Strict spreading selects by every selector label, including the release's name: pods of
 * another release of the same app are not pushed away.
 */
export function placementSpec(
  placement: Placement,
  selectorLabels: Readonly<Record<string, string>>,
  devices: Devices | undefined,
  claimTemplate?: string,
): Partial<PodSpecFields> {
  const { spread = 'soft', priorityClassName, runtimeClassName, schedulerName, spot } = placement;
  const { products, ...device } = devicePlacement(devices);
  const mark = spot === undefined ? undefined : SPOT[spot];
  const tolerations = [
    ...device.tolerations,
    ...(mark?.taint ? [{ key: mark.key, operator: 'Equal', value: mark.value, effect: 'NoSchedule' }] : []),
    ...(placement.tolerations ?? []),
  ];
  const nodeSelector = { ...device.nodeSelector, ...placement.nodeSelector };
  const required = products === undefined ? [] : [{ key: products.key, operator: 'In', values: products.values }];
  const preferred = mark === undefined ? [] : [{ key: mark.key, operator: 'In', values: [mark.value] }];
  const affinity = {
    ...nodeAffinity(required, preferred),
    ...podAffinity(placement, selectorLabels),
  };
  return {
    ...(Object.keys(nodeSelector).length === 0 ? {} : { nodeSelector }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...(schedulerName === undefined ? {} : { schedulerName }),
    ...(claimTemplate === undefined
      ? {}
      : { resourceClaims: [{ name: DEVICE_CLAIM, resourceClaimTemplateName: claimTemplate }] }),
    ...(Object.keys(affinity).length === 0 ? {} : { affinity }),
    ...(spread === 'none' ? {} : { topologySpreadConstraints: spreading(selectorLabels) }),
  };
}

type Expression = { readonly key: string; readonly operator: string; readonly values: readonly string[] };
type Affinity = NonNullable<PodSpecFields['affinity']>;

function nodeAffinity(required: readonly Expression[], preferred: readonly Expression[]): Pick<Affinity, 'nodeAffinity'> {
  if (required.length === 0 && preferred.length === 0) return {};
  return {
    nodeAffinity: {
      ...(required.length === 0
        ? {}
        : { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: required }] } }),
      ...(preferred.length === 0
        ? {}
        : {
            preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, preference: { matchExpressions: preferred } }],
          }),
    },
  };
}

function podAffinity(
  { spread = 'soft', together }: Placement,
  labels: Readonly<Record<string, string>>,
): Pick<Affinity, 'podAffinity' | 'podAntiAffinity'> {
  const matchExpressions = Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchExpressions } };
  const near = { topologyKey: together ?? '', labelSelector: { matchExpressions } };
  return {
    ...(together === undefined ? {} : { podAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [near] } }),
    ...(spread === 'none'
      ? {}
      : spread === 'strict'
        ? { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [term] } }
        : { podAntiAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] } }),
  };
}

function spreading(labels: Readonly<Record<string, string>>): NonNullable<PodSpecFields['topologySpreadConstraints']> {
  const spreadOver = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  });
  return [spreadOver('topology.kubernetes.io/zone'), spreadOver('kubernetes.io/hostname')];
}
