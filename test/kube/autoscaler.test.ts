import { describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import { hasTakenOver, hpaOf, lettingGo, scaleTargetOf } from '../../lib/kube/autoscaler';
import type { KubeObject } from '../../lib/kube/object';

const hpa: KubeObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: { name: 'fraud', namespace: 'team' },
  spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' }, maxReplicas: 4 },
};
const scaledObject = (spec: object = {}, annotations: Record<string, string> = {}): KubeObject => ({
  apiVersion: 'keda.sh/v1alpha1',
  kind: 'ScaledObject',
  metadata: { name: 'fraud', namespace: 'team', annotations },
  spec: { scaleTargetRef: { name: 'fraud' }, triggers: [], ...spec },
});

describe('scaleTargetOf', () => {
  it.each([
    [hpa, { group: 'apps', kind: 'Deployment', name: 'fraud' }],
    [scaledObject(), { group: 'apps', kind: 'Deployment', name: 'fraud' }],
    [
      scaledObject({ scaleTargetRef: { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'a' } }),
      { group: 'argoproj.io', kind: 'Rollout', name: 'a' },
    ],
    [scaledObject({ scaleTargetRef: {} }), undefined],
    [
      { apiVersion: 'example.com/v1', kind: 'ScaledObject', metadata: { name: 'x' }, spec: { scaleTargetRef: { name: 'a' } } },
      undefined,
    ],
  ])('%j', (object, expected) => expect(scaleTargetOf(object)).toEqual(expected));
});

describe('an HPA that KEDA takes over', () => {
  const collisions = (...objects: readonly KubeObject[]) =>
    runChecks(objects).filter(({ code }) => code === 'AUTOSCALER_COLLISION').length;
  const transfer = { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' };
  const named = { advanced: { horizontalPodAutoscalerConfig: { name: 'fraud' } } };

  it('is one autoscaler, where the ScaledObject asks for it by name', () => {
    expect(hpaOf(scaledObject())).toBe('keda-hpa-fraud');
    expect(collisions(hpa, scaledObject(named, transfer))).toBe(0);
    expect(collisions(hpa, scaledObject(named))).toBe(1);
    expect(collisions(hpa, scaledObject({}, transfer))).toBe(1);
    expect(collisions(hpa, scaledObject())).toBe(1);
  });

  it('is given back: KEDA has a name of its own again, and all else as before', () => {
    const behavior = { scaleDown: { stabilizationWindowSeconds: 1 } };
    const taken = scaledObject(
      { advanced: { restoreToOriginalReplicaCount: false, horizontalPodAutoscalerConfig: { name: 'fraud', behavior } } },
      { ...transfer, team: 'risk' },
    );
    expect(hasTakenOver(taken, hpa)).toBe(true);
    expect(hasTakenOver(taken, { ...hpa, metadata: { ...hpa.metadata, namespace: 'other' } })).toBe(false);
    const free = lettingGo(taken);
    expect([hasTakenOver(free, hpa), hpaOf(free)]).toEqual([false, 'keda-hpa-fraud']);
    expect(free).toEqual(
      scaledObject(
        { advanced: { restoreToOriginalReplicaCount: false, horizontalPodAutoscalerConfig: { behavior } } },
        { team: 'risk' },
      ),
    );
  });
});
