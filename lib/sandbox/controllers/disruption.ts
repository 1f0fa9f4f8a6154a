import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { BySelector } from './by-label';
import { type Kit, withCondition } from './kit';
import { hasEnded, isReady, resolveCount } from './pods';
import type { Controller } from './runtime';

/** Updates the number of allowed disruptions in the status of PodDisruptionBudgets. */
export class Disruptions implements Controller {
  private readonly kit: Kit;
  private readonly selectors = new BySelector();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type, previous }: Change): Iterable<string> {
    if (kind.kind === 'PodDisruptionBudget') {
      if (previous !== undefined) this.selectors.drop(keyOf(previous), namespaceOf(previous), objAt(previous, 'spec').selector);
      if (type === 'DELETED') return;
      this.selectors.put(keyOf(object), namespaceOf(object), objAt(object, 'spec').selector);
      yield keyOf(object);
    }
    if (kind.kind === 'Pod') yield* this.selectors.matching(namespaceOf(object), textsAt(object, 'metadata', 'labels'));
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('policy/v1', 'PodDisruptionBudget');
    const budget = kit.get(kind, key);
    if (budget === undefined) return;
    const { selector, minAvailable, maxUnavailable } = objAt(budget, 'spec');
    const pods = kit.pods.matching(namespaceOf(budget), selector).filter((pod) => !hasEnded(pod));
    const expected = pods.length;
    const healthy = pods.filter(isReady).length;
    const desired =
      minAvailable === undefined
        ? expected - resolveCount(maxUnavailable ?? 0, expected, true)
        : resolveCount(minAvailable, expected, true);
    const allowed = expected === 0 ? 0 : Math.max(0, healthy - Math.max(0, desired));
    const condition = {
      type: 'DisruptionAllowed',
      status: allowed > 0 ? 'True' : 'False',
      reason: allowed > 0 ? 'SufficientPods' : 'InsufficientPods',
      message: '',
    };
    const observedGeneration = objAt(budget, 'metadata').generation;
    kit.status(kind, budget, {
      observedGeneration,
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: Math.max(0, desired),
      expectedPods: expected,
      conditions: withCondition(objsAt(budget, 'status', 'conditions'), condition, kit.world.now(), { observedGeneration }),
    });
  }
}

const namespaceOf = (object: Obj): string => textOrEmpty(object, 'metadata', 'namespace');
