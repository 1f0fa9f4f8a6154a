import { objAt, objsAt, textsAt } from '../../api-schema/json';
import { matchSelector } from '../../api-schema/selectors';
import { textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { type Kit, withCondition } from './kit';
import { hasEnded, isReady, resolveCount } from './pods';
import type { Controller } from './runtime';

/** Says in the status of disruption budgets how many pods may be disturbed now. */
export class Disruptions implements Controller {
  private readonly kit: Kit;

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type }: Change): Iterable<string> {
    if (kind.kind === 'PodDisruptionBudget' && type !== 'DELETED') yield keyOf(object);
    if (kind.kind !== 'Pod') return;
    const labels = textsAt(object, 'metadata', 'labels');
    for (const budget of this.kit.all(
      this.kit.kind('policy/v1', 'PodDisruptionBudget'),
      textOrEmpty(object, 'metadata', 'namespace'),
    )) {
      if (matchSelector(objAt(budget, 'spec').selector)(labels)) yield keyOf(budget);
    }
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('policy/v1', 'PodDisruptionBudget');
    const budget = kit.get(kind, key);
    if (budget === undefined) return;
    const { selector, minAvailable, maxUnavailable } = objAt(budget, 'spec');
    const matches = matchSelector(selector);
    const pods = kit
      .all(kit.kind('v1', 'Pod'), textOrEmpty(budget, 'metadata', 'namespace'))
      .filter((pod) => matches(textsAt(pod, 'metadata', 'labels')) && !hasEnded(pod));
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
