import { type Gpu, gpuResource } from './resources';

/** Where pods may run. Everything here is Kubernetes' own vocabulary. */
export interface Placement {
  /** Labels a node must have. @default - none */
  readonly nodeSelector?: Readonly<Record<string, string>>;
  /** Taints of nodes that the pods put up with. @default - none */
  readonly tolerations?: readonly Toleration[];
  /**
   * - `soft`: over nodes and zones as far as possible
   * - `strict`: never two pods on one node; needs a node for each pod and one more for each surge pod
   * - `none`: wherever the scheduler likes
   * @default 'soft'
   */
  readonly spread?: 'soft' | 'strict' | 'none';
  /** Which pods go first when there is no room. @default - the cluster's default priority */
  readonly priorityClassName?: string;
  /** Which container runtime runs the pods. @default - the cluster's default runtime */
  readonly runtimeClassName?: string;
}

/** A taint that pods put up with. @see https://kubernetes.io/docs/concepts/scheduling-eviction/taint-and-toleration/ */
export interface Toleration {
  /** Key of the taint. @default - every taint */
  readonly key?: string;
  /** `Exists` for any value of the taint. @default 'Equal' */
  readonly operator?: 'Exists' | 'Equal';
  /** Value of the taint. @default - none */
  readonly value?: string;
  /** Effect of the taint. @default - every effect */
  readonly effect?: 'NoSchedule' | 'PreferNoSchedule' | 'NoExecute';
  /** Seconds that the pod stays after the taint has come. @default - for ever */
  readonly tolerationSeconds?: number;
}

/**
 * The placement fields of a pod's spec. Strict spreading selects by every selector label, the release's name among them: pods of
 * another release of the same app are not pushed away.
 */
export function placementSpec(
  placement: Placement,
  selectorLabels: Readonly<Record<string, string>>,
  gpu: Gpu | undefined,
): Record<string, unknown> {
  const { nodeSelector, spread = 'soft', priorityClassName, runtimeClassName } = placement;
  const tolerations = [
    ...(gpu === undefined ? [] : [{ key: gpuResource(gpu), operator: 'Exists', effect: 'NoSchedule' }]),
    ...(placement.tolerations ?? []),
  ];
  const nodes = { ...(gpu?.product === undefined ? {} : { 'nvidia.com/gpu.product': gpu.product }), ...nodeSelector };
  return {
    ...(Object.keys(nodes).length === 0 ? {} : { nodeSelector: nodes }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(priorityClassName === undefined ? {} : { priorityClassName }),
    ...(runtimeClassName === undefined ? {} : { runtimeClassName }),
    ...spreading(spread, selectorLabels),
  };
}

function spreading(spread: 'soft' | 'strict' | 'none', labels: Readonly<Record<string, string>>): Record<string, unknown> {
  if (spread === 'none') return {};
  const matchExpressions = Object.entries(labels).map(([key, value]) => ({ key, operator: 'In', values: [value] }));
  const term = { topologyKey: 'kubernetes.io/hostname', labelSelector: { matchExpressions } };
  const podAntiAffinity =
    spread === 'strict'
      ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
      : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] };
  const spreadOver = (topologyKey: string) => ({
    maxSkew: 1,
    topologyKey,
    whenUnsatisfiable: 'ScheduleAnyway',
    labelSelector: { matchLabels: labels },
  });
  return {
    affinity: { podAntiAffinity },
    topologySpreadConstraints: [spreadOver('topology.kubernetes.io/zone'), spreadOver('kubernetes.io/hostname')],
  };
}
