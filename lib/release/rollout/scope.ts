import type { KindSelector, KubeApi } from '../../client/api';
import { CANDIDATE_LABEL, RELEASE_LABEL } from '../../kube/contract';
import type { Fields } from '../../kube/fields';
import { fieldsAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { podTemplatesOf } from '../../kube/pod-spec';
import { placeOf } from '../model/record';
import { SET_LABEL } from '../readiness/disaggregated-set';
import type { Watched } from './observe';

const GROUP_KIND = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' };

/** The longest label selector that still fits in a URL. */
const LONGEST = 4_000;

/** What to watch for readiness: objects by kind and the release's label, and pods of workloads by the narrowest label. */
export function watchesFor(
  objects: readonly KubeObject[],
  release: string,
  eventsAfter?: ReadonlyMap<string, string>,
): readonly Watched[] {
  const places = new Map(objects.map((object) => [`${object.kind} ${object.metadata.namespace ?? ''}`, placeOf(object)]));
  const lasting = [...places.values()].map((place) => ({ ...place, labelSelector: `${RELEASE_LABEL}=${release}` }));
  // A candidate is not part of the release, and is watched by name.
  const candidates = objects.filter(({ metadata }) => metadata.labels?.[CANDIDATE_LABEL] !== undefined);
  const alone = candidates.map((object) => ({ ...placeOf(object), fieldSelector: `metadata.name=${object.metadata.name}` }));
  const own = candidates.length === objects.length ? alone : [...lasting, ...alone];
  const namespaces = new Map<string, KubeObject[]>();
  for (const object of objects.filter(hasPods)) {
    const { namespace = '' } = object.metadata;
    namespaces.set(namespace, [...(namespaces.get(namespace) ?? []), object]);
  }
  const pods = [...namespaces].flatMap(([namespace, workloads]): Watched[] => {
    const labelSelector = commonSelector(workloads);
    const scope = { namespace, ...(labelSelector === undefined ? {} : { labelSelector }) };
    const sets = workloads.some(({ kind }) => kind === 'Deployment')
      ? [{ apiVersion: 'apps/v1', kind: 'ReplicaSet', ...scope }]
      : [];
    const after = eventsAfter?.get(namespace);
    const events = { ...eventsIn(namespace), ...(after === undefined ? {} : { after }) };
    const disaggregated = workloads.filter(({ kind }) => kind === 'DisaggregatedSet').map(({ metadata }) => metadata.name);
    const parts =
      disaggregated.length === 0
        ? []
        : [{ ...GROUP_KIND, namespace, labelSelector: `${SET_LABEL} in (${disaggregated.join(',')})` }];
    return [{ apiVersion: 'v1', kind: 'Pod', ...scope }, ...sets, ...parts, events];
  });
  return [...own, ...pods];
}

/** The current event position, by namespace of these objects' pods: a busy namespace has thousands from the last hour. */
export async function eventsSoFar(api: KubeApi, objects: readonly KubeObject[]): Promise<ReadonlyMap<string, string>> {
  const namespaces = [...new Set(objects.filter(hasPods).map(({ metadata }) => metadata.namespace ?? ''))];
  return new Map(await Promise.all(namespaces.map(async (one) => [one, await api.position(eventsIn(one))] as const)));
}

const eventsIn = (namespace: string): KindSelector => ({ apiVersion: 'v1', kind: 'Event', namespace });

/** Kinds with pods in multi-node groups. */
export const GROUPS: readonly string[] = ['LeaderWorkerSet', 'DisaggregatedSet'];

/** Whether an object creates its own pods. */
export function hasPods(object: KubeObject): boolean {
  return [...GROUPS, 'Deployment', 'StatefulSet', 'DaemonSet', 'Job', 'ReplicaSet'].includes(object.kind);
}

/** Labels on the pods of a workload: from its selector, or from its templates. */
function labelsOf(workload: KubeObject): readonly Fields[] {
  const selected = fieldsAt(workload, 'spec', 'selector', 'matchLabels');
  return GROUPS.includes(workload.kind) ? podTemplatesOf(workload).map(({ labels }) => labels) : [selected];
}

/** A label selector for the pods of all workloads and few others; undefined when they have no label in common. */
export function commonSelector(workloads: readonly KubeObject[]): string | undefined {
  const all = workloads.flatMap(labelsOf);
  const [first = {}] = all;
  const keys = Object.keys(first).filter((key) => all.every((labels) => typeof labels[key] === 'string'));
  const valuesOf = (key: string) => [...new Set(all.map((labels) => String(labels[key])))];
  const same = keys.filter((key) => valuesOf(key).length === 1);
  if (same.length > 0) return same.map((key) => `${key}=${first[key]}`).join(',');
  return keys.map((key) => `${key} in (${valuesOf(key).join(',')})`).find((selector) => selector.length <= LONGEST);
}
