import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { withScale } from '../core/scale';
import { type Change, keyOf } from '../core/store';
import { isDeleting, type Kit, withCondition } from './kit';
import type { Controller } from './runtime';

/** Controls the replicas of its target: keeps them between the bounds. There are no metrics, so it never scales on load. */
export class Autoscalers implements Controller {
  private readonly kit: Kit;
  /** Keys of autoscalers by scale target. */
  private readonly targets = new Map<string, Set<string>>();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  *keysOf({ kind, object, type, previous }: Change): Iterable<string> {
    if (kind.kind === 'HorizontalPodAutoscaler') {
      if (previous !== undefined) this.targets.get(targetOf(previous))?.delete(keyOf(previous));
      if (type === 'DELETED') return;
      const target = targetOf(object);
      this.targets.set(target, (this.targets.get(target) ?? new Set()).add(keyOf(object)));
      yield keyOf(object);
    }
    if (type === 'DELETED' || (kind.kind !== 'Deployment' && kind.kind !== 'StatefulSet')) return;
    yield* this.targets.get(`${kind.kind}/${keyOf(object)}`) ?? [];
  }

  reconcile(key: string): undefined {
    const { kit } = this;
    const kind = kit.kind('autoscaling/v2', 'HorizontalPodAutoscaler');
    const scaler = kit.get(kind, key);
    if (scaler === undefined || isDeleting(scaler)) return;
    const reference = objAt(scaler, 'spec', 'scaleTargetRef');
    const targetKind = kit.world.registry.find(textOrEmpty(reference, 'apiVersion'), textOrEmpty(reference, 'kind'));
    const target =
      targetKind === undefined
        ? undefined
        : kit.get(targetKind, `${textOrEmpty(scaler, 'metadata', 'namespace')}/${textOrEmpty(reference, 'name')}`);
    const now = kit.world.now();
    const before = objsAt(scaler, 'status', 'conditions');
    if (targetKind === undefined || target === undefined) {
      const message = `the HPA controller was unable to get the target's current scale: ${textOrEmpty(reference, 'kind')} "${textOrEmpty(reference, 'name')}" not found`;
      const conditions = withCondition(before, { type: 'AbleToScale', status: 'False', reason: 'FailedGetScale', message }, now);
      kit.status(kind, scaler, { currentMetrics: null, desiredReplicas: 0, ...objAt(scaler, 'status'), conditions });
      return;
    }
    const current = numberAt(target, 'spec', 'replicas') ?? 1;
    const [min, max] = [numberAt(scaler, 'spec', 'minReplicas') ?? 1, numberAt(scaler, 'spec', 'maxReplicas') ?? 1];
    const desired = current === 0 ? 0 : Math.min(max, Math.max(min, current));
    if (desired !== current) {
      kit.update(targetKind, target, withScale(target, { metadata: {}, spec: { replicas: desired } }), 'scale');
      const why =
        desired < current
          ? 'Current number of replicas above Spec.MaxReplicas'
          : 'Current number of replicas below Spec.MinReplicas';
      kit.event(scaler, 'Normal', 'SuccessfulRescale', `New size: ${desired}; reason: ${why}`, 'horizontal-pod-autoscaler');
    }
    const able = {
      type: 'AbleToScale',
      status: 'True',
      reason: 'SucceededGetScale',
      message: "the HPA controller was able to get the target's current scale",
    };
    const noMetrics = 'the HPA was unable to compute the replica count: the sandbox has no metrics';
    const disabled = { reason: 'ScalingDisabled', message: 'scaling is disabled since the replica count of the target is zero' };
    const inactive = {
      type: 'ScalingActive',
      status: 'False',
      ...(current === 0 ? disabled : { reason: 'FailedGetResourceMetric', message: noMetrics }),
    };
    kit.status(kind, scaler, {
      currentMetrics: null,
      currentReplicas: numberAt(target, 'status', 'replicas') ?? 0,
      desiredReplicas: desired,
      conditions: withCondition(withCondition(before, able, now), inactive, now),
      ...(desired === current ? {} : { lastScaleTime: now }),
    });
  }
}

function targetOf(scaler: Obj): string {
  const { kind, name } = objAt(scaler, 'spec', 'scaleTargetRef');
  return `${String(kind)}/${textOrEmpty(scaler, 'metadata', 'namespace')}/${String(name)}`;
}
