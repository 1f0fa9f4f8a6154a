import { objAt, same, withAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import type { Kit } from './kit';
import { resolveCount } from './pods';

export const DESIRED = 'deployment.kubernetes.io/desired-replicas';
export const MAX = 'deployment.kubernetes.io/max-replicas';

export const replicasOf = (object: Obj): number => numberAt(object, 'spec', 'replicas') ?? 1;

const available = (set: Obj): number => numberAt(set, 'status', 'availableReplicas') ?? 0;
const total = (sets: readonly Obj[], of: (set: Obj) => number): number => sets.reduce((sum, set) => sum + of(set), 0);

/** Maximum number of extra and of unavailable pods during a rollout. */
export function limits(deployment: Obj): { readonly surge: number; readonly unavailable: number } {
  const replicas = replicasOf(deployment);
  const { maxSurge = 0, maxUnavailable = 0 } = objAt(deployment, 'spec', 'strategy', 'rollingUpdate');
  const surge = resolveCount(maxSurge, replicas, true);
  const unavailable = Math.min(resolveCount(maxUnavailable, replicas, false), replicas);
  return { surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/** Whether another client has changed the number of replicas since the ReplicaSets were last sized. */
export function isScaled(deployment: Obj, sets: readonly Obj[]): boolean {
  return sets.some((set) => {
    const desired = textOrEmpty(set, 'metadata', 'annotations', DESIRED);
    return replicasOf(set) > 0 && desired !== '' && Number(desired) !== replicasOf(deployment);
  });
}

/** Sets a ReplicaSet's size and its copies of the Deployment's settings. */
function resize(kit: Kit, deployment: Obj, set: Obj, size: number): Obj {
  const { surge } = limits(deployment);
  const annotations = {
    ...objAt(set, 'metadata', 'annotations'),
    [DESIRED]: String(replicasOf(deployment)),
    [MAX]: String(replicasOf(deployment) + surge),
  };
  const before = replicasOf(set);
  if (before === size && same(annotations, objAt(set, 'metadata', 'annotations'))) return set;
  const sized = withAt(withAt(set, ['spec', 'replicas'], size), ['metadata', 'annotations'], annotations);
  const stored = kit.update(kit.kind('apps/v1', 'ReplicaSet'), set, sized);
  if (before !== size) {
    const how = size > before ? 'up' : 'down';
    const message = `Scaled ${how} replica set ${textOrEmpty(set, 'metadata', 'name')} from ${before} to ${size}`;
    kit.event(deployment, 'Normal', 'ScalingReplicaSet', message, 'deployment-controller');
  }
  return stored;
}

/** Applies a changed number of replicas: a single active ReplicaSet takes it all, several share the difference by size. */
export function scaleTo(kit: Kit, deployment: Obj, current: Obj | undefined, sets: readonly Obj[], size?: number): void {
  const active = sets.filter((set) => replicasOf(set) > 0);
  const only = active.length === 1 ? active[0] : active.length === 0 ? current : undefined;
  if (only !== undefined) {
    resize(kit, deployment, only, size ?? replicasOf(deployment));
    return;
  }
  const all = total(active, replicasOf);
  const allowed = replicasOf(deployment) === 0 ? 0 : replicasOf(deployment) + limits(deployment).surge;
  let left = allowed - all;
  const bySize = [...active].sort((a, b) => replicasOf(b) - replicasOf(a));
  bySize.forEach((set, i) => {
    const share = i === bySize.length - 1 ? left : Math.round((replicasOf(set) / Math.max(1, all)) * (allowed - all));
    left -= share;
    resize(kit, deployment, set, Math.max(0, replicasOf(set) + share));
  });
}

/** One step of a rolling update: scales the new ReplicaSet up within the surge, and the old ones down within availability. */
export function rollOver(kit: Kit, deployment: Obj, current: Obj, old: readonly Obj[]): void {
  const { surge, unavailable } = limits(deployment);
  const wanted = replicasOf(deployment);
  const all = [...old, current];
  const room = wanted + surge - total(all, replicasOf);
  if (replicasOf(current) !== wanted) {
    const next = replicasOf(current) > wanted ? wanted : Math.min(wanted, replicasOf(current) + Math.max(0, room));
    if (next !== replicasOf(current)) {
      resize(kit, deployment, current, next);
      return;
    }
  }
  resize(kit, deployment, current, replicasOf(current));
  if (total(old, replicasOf) === 0) return;
  const least = wanted - unavailable;
  const newUnavailable = replicasOf(current) - available(current);
  let mayGo = total(all, replicasOf) - least - newUnavailable;
  const shrunk: Obj[] = [];
  for (const set of old) {
    const unhealthy = Math.min(Math.max(0, mayGo), replicasOf(set) - available(set));
    mayGo -= Math.max(0, unhealthy);
    shrunk.push(unhealthy > 0 ? resize(kit, deployment, set, replicasOf(set) - unhealthy) : set);
  }
  let spare = total([...shrunk, current], available) - least;
  for (const set of shrunk) {
    const gone = Math.min(Math.max(0, spare), replicasOf(set));
    if (gone > 0) resize(kit, deployment, set, replicasOf(set) - gone);
    spare -= gone;
  }
}
