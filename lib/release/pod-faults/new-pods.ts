import { canonical } from '../../kube/canonical';
import { fieldsAt, textOrEmpty } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { SET_LABEL } from '../readiness/disaggregated-set';
import { countAt } from '../readiness/fields';
import { GROUP_LABEL } from '../readiness/leader-worker-set';

/** The pods that a workload created from its newest template, and its other pods. */
export interface Generations {
  /** False until the controller has observed the newest template: before that there is no verdict on it. */
  readonly known: boolean;
  /** The ReplicaSet of a Deployment's newest template. */
  readonly replicaSet: KubeObject | undefined;
  readonly fresh: readonly KubeObject[];
  readonly old: readonly KubeObject[];
}

const hashOf = ({ kind }: KubeObject) =>
  kind === 'LeaderWorkerSet' ? 'leaderworkerset.sigs.k8s.io/template-revision-hash' : 'disaggregatedset.x-k8s.io/revision';

const isYounger = (pod: KubeObject, other: KubeObject | undefined) =>
  (pod.metadata.creationTimestamp ?? '') > (other?.metadata.creationTimestamp ?? '');

const REVISION = 'deployment.kubernetes.io/revision';

/** The pod template of a Deployment or ReplicaSet, without the label that distinguishes ReplicaSets. */
function templateOf(object: KubeObject): unknown {
  const template = fieldsAt(object, 'spec', 'template');
  const metadata = fieldsAt(template, 'metadata');
  const { 'pod-template-hash': _hash, ...labels } = fieldsAt(metadata, 'labels');
  const { creationTimestamp: _created, ...rest } = metadata;
  return { ...template, metadata: { ...rest, labels } };
}

/** Groups a workload's pods by template: failures of an old template do not count against the new one. */
export function generations(workload: KubeObject, pods: readonly KubeObject[], replicaSets: readonly KubeObject[]): Generations {
  const owned = (object: KubeObject, owner: KubeObject): boolean => {
    const owners = object.metadata.ownerReferences;
    return Array.isArray(owners) && owners.some((reference) => textOrEmpty(reference, 'uid') === owner.metadata.uid);
  };
  const observed = countAt(workload, ['status', 'observedGeneration'], 0) >= (workload.metadata.generation ?? 0);
  const split = (
    mine: readonly KubeObject[],
    isFresh: (pod: KubeObject) => boolean,
    known: boolean,
    replicaSet?: KubeObject,
  ): Generations => {
    const fresh = known ? mine.filter((pod) => isFresh(pod) && pod.metadata.deletionTimestamp === undefined) : [];
    const chosen = new Set(fresh);
    return { known, replicaSet, fresh, old: mine.filter((pod) => !chosen.has(pod)) };
  };
  const mine = pods.filter((pod) => owned(pod, workload));
  switch (workload.kind) {
    case 'Deployment': {
      const sets = replicaSets.filter((set) => owned(set, workload));
      // A template that is used again gets its old ReplicaSet with a new number.
      const revision = (set: KubeObject | undefined): number => Number(set?.metadata.annotations?.[REVISION] ?? 0);
      // Recreate creates the new ReplicaSet only when the old pods are gone.
      const template = canonical(templateOf(workload));
      const matching = sets.filter((set) => canonical(templateOf(set)) === template);
      const newest = matching.reduce<KubeObject | undefined>(
        (best, set) => (best === undefined || revision(set) > revision(best) ? set : best),
        undefined,
      );
      const all = pods.filter((pod) => sets.some((set) => owned(pod, set)));
      return split(all, (pod) => newest !== undefined && owned(pod, newest), observed && newest !== undefined, newest);
    }
    case 'StatefulSet': {
      const revision = textOrEmpty(workload, 'status', 'updateRevision');
      return split(mine, (pod) => pod.metadata.labels?.['controller-revision-hash'] === revision, observed && revision !== '');
    }
    case 'DaemonSet': {
      const template = workload.metadata.annotations?.['deprecated.daemonset.template.generation'];
      return split(
        mine,
        (pod) => template === undefined || pod.metadata.labels?.['pod-template-generation'] === template,
        observed,
      );
    }
    case 'LeaderWorkerSet':
    case 'DisaggregatedSet': {
      // Its pods are owned by StatefulSets of the groups; labels show the workload and template.
      const label = workload.kind === 'LeaderWorkerSet' ? GROUP_LABEL : SET_LABEL;
      const all = pods.filter((pod) => pod.metadata.labels?.[label] === workload.metadata.name);
      const newest = all.reduce<KubeObject | undefined>((best, pod) => (isYounger(pod, best) ? pod : best), undefined);
      const hash = newest?.metadata.labels?.[hashOf(workload)];
      return split(
        all,
        (pod) => pod.metadata.labels?.[hashOf(workload)] === hash,
        workload.kind === 'DisaggregatedSet' || observed,
      );
    }
    case 'Pod':
      return split([workload], () => true, true);
    default: // a Job or a ReplicaSet never changes its template
      return split(mine, () => true, true);
  }
}
