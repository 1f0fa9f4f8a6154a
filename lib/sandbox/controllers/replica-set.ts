import { Failure } from '../../api-schema/failure';
import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import type { Change } from '../core/store';
import { keyOf } from '../core/store';
import { conditionOf, controllerKey, controllerReference, isDeleting, type Kit, withCondition } from './kit';
import { availableIn, byUsefulness, hasEnded, isActive, isReady, podFrom } from './pods';
import type { Controller } from './runtime';

const RETRY_MS = 1000;

/** Keeps the number of pods that a ReplicaSet specifies. */
export class ReplicaSets implements Controller {
  private readonly kit: Kit;
  private readonly failures = new Map<string, number>();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'ReplicaSet' && type !== 'DELETED') yield keyOf(object);
    const owner = kind.kind === 'Pod' ? controllerKey(object, 'ReplicaSet') : undefined;
    if (owner !== undefined) yield owner;
  }

  reconcile(key: string): number | undefined {
    const { kit } = this;
    const kind = kit.kind('apps/v1', 'ReplicaSet');
    const set = kit.get(kind, key);
    if (set === undefined) return undefined;
    const failure = isDeleting(set) ? undefined : this.scale(set);
    const pods = kit.owned(set, 'Pod');
    const active = pods.filter(isActive);
    const minReady = numberAt(set, 'spec', 'minReadySeconds') ?? 0;
    const waits = active.map((pod) => availableIn(pod, minReady, kit.world.clock.now()));
    const conditions = this.conditions(set, failure);
    const count = (n: number) => (n === 0 ? {} : { n });
    kit.status(kind, set, {
      replicas: active.length,
      fullyLabeledReplicas: count(active.length).n,
      readyReplicas: count(active.filter(isReady).length).n,
      availableReplicas: count(waits.filter((wait) => wait === 0).length).n,
      terminatingReplicas: pods.filter((pod) => isDeleting(pod) && !hasEnded(pod)).length,
      observedGeneration: objAt(set, 'metadata').generation,
      conditions: conditions.length > 0 ? conditions : undefined,
    });
    const pending = waits.filter((wait) => wait !== undefined && wait > 0);
    const soon = pending.length > 0 ? Math.min(...pending.map(Number)) : undefined;
    if (failure === undefined) return soon;
    const tries = (this.failures.get(key) ?? 0) + 1;
    this.failures.set(key, tries);
    return Math.min(soon ?? Number.POSITIVE_INFINITY, RETRY_MS * 2 ** Math.min(tries, 8));
  }

  /** Creates or deletes pods; returns the reason if none could be created. */
  private scale(set: Obj): string | undefined {
    const { kit } = this;
    const podKind = kit.kind('v1', 'Pod');
    const active = kit.owned(set, 'Pod').filter(isActive);
    const wanted = numberAt(set, 'spec', 'replicas') ?? 1;
    const name = textOrEmpty(set, 'metadata', 'name');
    const namespace = textOrEmpty(set, 'metadata', 'namespace');
    for (let i = active.length; i < wanted; i++) {
      try {
        const metadata = { generateName: `${name}-`, namespace, ownerReferences: [controllerReference(set)] };
        const pod = kit.create(podKind, podFrom(objAt(set, 'spec', 'template'), metadata));
        kit.event(
          set,
          'Normal',
          'SuccessfulCreate',
          `Created pod: ${textOrEmpty(pod, 'metadata', 'name')}`,
          'replicaset-controller',
        );
      } catch (error) {
        if (!(error instanceof Failure)) throw error;
        const why = error.message;
        kit.event(set, 'Warning', 'FailedCreate', `Error creating: ${why}`, 'replicaset-controller');
        return why;
      }
    }
    const extra = [...active].sort(byUsefulness).slice(0, Math.max(0, active.length - wanted));
    for (const pod of extra) {
      kit.remove(podKind, pod);
      kit.event(
        set,
        'Normal',
        'SuccessfulDelete',
        `Deleted pod: ${textOrEmpty(pod, 'metadata', 'name')}`,
        'replicaset-controller',
      );
    }
    return undefined;
  }

  private conditions(set: Obj, failure: string | undefined): Obj[] {
    const known = objsAt(set, 'status', 'conditions');
    if (failure === undefined) {
      this.failures.delete(keyOf(set));
      return known.filter((condition) => condition.type !== 'ReplicaFailure');
    }
    if (conditionOf(set, 'ReplicaFailure') !== undefined) return known;
    const next = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message: failure };
    return withCondition(known, next, this.kit.world.now());
  }
}
