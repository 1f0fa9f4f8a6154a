import { type Fields, fieldsAt, isFields, listAt, textAt } from './fields';
import type { KubeObject } from './object';

/** The container fields that rules check. */
export interface ContainerSpec {
  readonly name: string;
  readonly image?: string;
  readonly [field: string]: unknown;
}

/** The pod spec fields that rules check. */
export interface PodSpec {
  readonly containers?: readonly ContainerSpec[];
  readonly initContainers?: readonly ContainerSpec[];
  readonly [field: string]: unknown;
}

/** A pod template inside an object. */
export interface PodTemplate {
  /** Its path, as shown in messages: `spec.template`, `spec.roles[name=prefill].spec.leaderWorkerTemplate.workerTemplate`. */
  readonly path: string;
  readonly labels: Fields;
  readonly annotations: Fields;
  readonly spec: PodSpec;
  /** The role of the pods in their object: a group's leaders receive the requests, its workers do not. */
  readonly part: 'server' | 'leader' | 'worker';
  /** Number of pods per replica of the object. */
  readonly perReplica: number;
}

type Place = Omit<PodTemplate, 'labels' | 'annotations' | 'spec'> & { readonly template: unknown };

const one = (object: KubeObject, ...path: readonly string[]): readonly Place[] => [
  { path: path.join('.'), template: fieldsAt(object, ...path), part: 'server', perReplica: 1 },
];

/** The templates of a LeaderWorkerSet spec: without a leader template, the worker template applies to both. */
function groupTemplates(spec: unknown, path: string): readonly Place[] {
  const group = fieldsAt(spec, 'leaderWorkerTemplate');
  const size = typeof group.size === 'number' ? group.size : 1;
  const at = (name: string) => `${path}.leaderWorkerTemplate.${name}`;
  const leader = isFields(group.leaderTemplate);
  return [
    ...(leader ? [{ path: at('leaderTemplate'), template: group.leaderTemplate, part: 'leader' as const, perReplica: 1 }] : []),
    ...(leader && size === 1
      ? []
      : [
          {
            path: at('workerTemplate'),
            template: group.workerTemplate,
            part: leader ? ('worker' as const) : ('leader' as const),
            perReplica: leader ? size - 1 : size,
          },
        ]),
  ];
}

/** Locations of pod templates in kinds that do not use `spec.template`. */
const PLACES: Readonly<Record<string, (object: KubeObject) => readonly Place[]>> = {
  CronJob: (object) => one(object, 'spec', 'jobTemplate', 'spec', 'template'),
  LeaderWorkerSet: (object) => groupTemplates(object.spec, 'spec'),
  DisaggregatedSet: (object) =>
    listAt(object, 'spec', 'roles').flatMap((role) =>
      groupTemplates(fieldsAt(role, 'spec'), `spec.roles[name=${textAt(role, 'name')}].spec`),
    ),
  RayService: rayTemplates,
  RayCluster: rayTemplates,
  RayJob: rayTemplates,
};

/** Paths of the cluster spec in KubeRay kinds. */
const RAY_CLUSTERS: Readonly<Record<string, readonly string[]>> = {
  RayService: ['spec', 'rayClusterConfig'],
  RayCluster: ['spec'],
  RayJob: ['spec', 'rayClusterSpec'],
};

/** The cluster of a KubeRay kind, as a RayCluster spec; empty for other kinds. */
export function rayClusterOf(object: KubeObject): Fields {
  const path = RAY_CLUSTERS[object.kind];
  return path === undefined ? {} : fieldsAt(object, ...path);
}

function rayTemplates(object: KubeObject): readonly Place[] {
  const cluster = RAY_CLUSTERS[object.kind] ?? [];
  const path = cluster.join('.');
  const groups = listAt(object, ...cluster, 'workerGroupSpecs');
  return [
    ...one(object, ...cluster, 'headGroupSpec', 'template').map((place) => ({ ...place, part: 'leader' as const })),
    ...groups.map((group) => ({
      path: `${path}.workerGroupSpecs[groupName=${textAt(group, 'groupName')}].template`,
      template: fieldsAt(group, 'template'),
      part: 'worker' as const,
      perReplica: Number(fieldsAt(group).replicas ?? 1) * Number(fieldsAt(group).numOfHosts ?? 1),
    })),
  ];
}

/** The pod templates of an object, for any kind of workload. Empty for kinds without pods. */
export function podTemplatesOf(object: KubeObject): readonly PodTemplate[] {
  const places =
    object.kind === 'Pod'
      ? [{ path: '', template: object, part: 'server' as const, perReplica: 1 }]
      : (PLACES[object.kind]?.(object) ?? one(object, 'spec', 'template'));
  return places.flatMap(({ template, ...place }) => {
    const spec = fieldsAt(template, 'spec');
    if (!isPodSpec(spec)) return [];
    const { labels, annotations } = {
      labels: fieldsAt(template, 'metadata', 'labels'),
      annotations: fieldsAt(template, 'metadata', 'annotations'),
    };
    return [{ ...place, labels, annotations, spec }];
  });
}

/** Only a spec with containers is a pod spec: other kinds have templates of other objects. */
const isPodSpec = (spec: Fields): spec is PodSpec & Fields => Array.isArray(spec.containers);

/** The pod spec of an object; for a group, that of its leaders. Undefined for kinds without pods. */
export function podSpecOf(object: KubeObject): PodSpec | undefined {
  return podTemplatesOf(object)[0]?.spec;
}
