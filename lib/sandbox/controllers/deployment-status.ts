import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { limits, replicasOf } from './deployment-scale';
import { conditionOf, type Kit, withCondition } from './kit';

const count = (set: Obj | undefined, field: string): number => numberAt(set, 'status', field) ?? 0;
const some = (n: number): number | undefined => (n === 0 ? undefined : n);

interface Assessment {
  readonly status: Obj;
  /** Whether the rollout is complete. */
  readonly complete: boolean;
}

/** Computes a Deployment's status. */
export function deploymentStatus(kit: Kit, deployment: Obj, sets: readonly Obj[], current: Obj | undefined): Assessment {
  const total = (field: string) => sets.reduce((sum, set) => sum + count(set, field), 0);
  const wanted = replicasOf(deployment);
  const [replicas, updated, ready, available] = [
    total('replicas'),
    count(current, 'replicas'),
    total('readyReplicas'),
    total('availableReplicas'),
  ];
  const now = kit.world.now();
  const set = (conditions: readonly Obj[], type: string, status: string, reason: string, message: string) =>
    withCondition(conditions, { type, status, reason, message }, now, { lastUpdateTime: now });

  let conditions: Obj[] = objsAt(deployment, 'status', 'conditions');
  const enough = available >= wanted - limits(deployment).unavailable;
  conditions = enough
    ? set(conditions, 'Available', 'True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.')
    : set(conditions, 'Available', 'False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.');

  const complete = updated === wanted && replicas === wanted && available === wanted && current !== undefined;
  const name = textOrEmpty(current, 'metadata', 'name');
  const before = conditionOf(deployment, 'Progressing');
  const progressed =
    updated > count(deployment, 'updatedReplicas') ||
    ready > count(deployment, 'readyReplicas') ||
    available > count(deployment, 'availableReplicas');
  if (numberAt(deployment, 'spec', 'progressDeadlineSeconds') !== undefined) {
    if (before === undefined && current !== undefined && !complete) {
      conditions = set(conditions, 'Progressing', 'True', 'NewReplicaSetCreated', `Created new replica set "${name}"`);
    } else if (complete) {
      conditions = set(
        conditions,
        'Progressing',
        'True',
        'NewReplicaSetAvailable',
        `ReplicaSet "${name}" has successfully progressed.`,
      );
    } else if (
      progressed ||
      (before?.reason === 'NewReplicaSetAvailable' && current !== undefined && hasNewTemplate(deployment))
    ) {
      const rest = conditions.filter((condition) => condition.type !== 'Progressing');
      const lastTransitionTime = before?.status === 'True' ? (before?.lastTransitionTime ?? now) : now;
      const message = `ReplicaSet "${name}" is progressing.`;
      conditions = [
        ...rest,
        { type: 'Progressing', status: 'True', reason: 'ReplicaSetUpdated', message, lastUpdateTime: now, lastTransitionTime },
      ];
    } else if (isOverdue(kit, deployment, before)) {
      conditions = set(
        conditions,
        'Progressing',
        'False',
        'ProgressDeadlineExceeded',
        `ReplicaSet "${name}" has timed out progressing.`,
      );
    }
  }
  const failure = sets.map((owned) => conditionOf(owned, 'ReplicaFailure')).find((condition) => condition !== undefined);
  conditions = conditions.filter((condition) => condition.type !== 'ReplicaFailure');
  if (failure !== undefined) {
    conditions = set(
      [...conditions, ...objsAt(deployment, 'status', 'conditions').filter((c) => c.type === 'ReplicaFailure')],
      'ReplicaFailure',
      'True',
      textOrEmpty(failure, 'reason'),
      textOrEmpty(failure, 'message'),
    );
  }
  const status: Obj = {
    observedGeneration: objAt(deployment, 'metadata').generation,
    replicas: some(replicas),
    updatedReplicas: some(updated),
    readyReplicas: some(ready),
    availableReplicas: some(available),
    unavailableReplicas: some(Math.max(0, Math.max(replicas, wanted) - available)),
    terminatingReplicas: total('terminatingReplicas'),
    conditions,
  };
  return { status, complete };
}

function hasNewTemplate(deployment: Obj): boolean {
  return numberAt(deployment, 'status', 'observedGeneration') !== numberAt(deployment, 'metadata', 'generation');
}

function isOverdue(kit: Kit, deployment: Obj, progressing: Obj | undefined): boolean {
  if (progressing === undefined || progressing.reason === 'NewReplicaSetAvailable' || objAt(deployment, 'spec').paused === true)
    return false;
  return dueAt(deployment, progressing) <= kit.world.clock.now();
}

function dueAt(deployment: Obj, progressing: Obj): number {
  return (
    Date.parse(textOrEmpty(progressing, 'lastUpdateTime')) +
    (numberAt(deployment, 'spec', 'progressDeadlineSeconds') ?? 600) * 1000
  );
}

/** Time until the next check for missing progress. */
export function progressWait(kit: Kit, deployment: Obj): number | undefined {
  const progressing = conditionOf(deployment, 'Progressing');
  if (
    progressing?.status !== 'True' ||
    progressing.reason === 'NewReplicaSetAvailable' ||
    objAt(deployment, 'spec').paused === true
  )
    return undefined;
  return Math.max(1, dueAt(deployment, progressing) - kit.world.clock.now());
}
