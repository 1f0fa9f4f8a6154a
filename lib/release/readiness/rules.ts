/**
 * When a custom resource is ready, as data: every expression must hold. `*` stands for every item of a list with at least one
 * item; `[type=Ready]` for the item with that field. Both sides of `>=` are paths or numbers.
 */
export interface ReadinessRule {
  /** API group and kind, `leaderworkerset.x-k8s.io/LeaderWorkerSet`. */
  readonly kind: string;
  /** `status.conditions[type=Ready].status=True`, `status.readyReplicas>=spec.replicas`, `status.phase!=Pending`. */
  readonly ready: readonly string[];
  /** Expressions of which any one means that it will not become ready without intervention. @default - none */
  readonly failed?: readonly string[];
  /** Whether an object without status counts as ready: some controllers report only on objects in use. @default false */
  readonly readyWithoutStatus?: boolean;
}

const condition = (type: string, at = 'status') => `${at}.conditions[type=${type}].status=True`;

/** Kinds in model-serving stacks that the usual `Ready` condition does not describe, and those that must have one. */
export const READINESS_RULES: readonly ReadinessRule[] = [
  {
    kind: 'leaderworkerset.x-k8s.io/LeaderWorkerSet',
    ready: [
      'status.observedGeneration>=metadata.generation',
      'status.updatedReplicas>=spec.replicas',
      'status.readyReplicas>=spec.replicas',
      condition('Available'),
      'status.conditions[type=UpdateInProgress].status!=True',
    ],
  },
  { kind: 'gateway.networking.k8s.io/Gateway', ready: [condition('Accepted'), condition('Programmed')] },
  {
    kind: 'inference.networking.k8s.io/InferencePool',
    ready: [condition('Accepted', 'status.parents[*]'), condition('ResolvedRefs', 'status.parents[*]')],
    // Only pools referenced by a route have parents.
    readyWithoutStatus: true,
  },
  { kind: 'ray.io/RayService', ready: [condition('Ready')] },
  { kind: 'external-secrets.io/ExternalSecret', ready: [condition('Ready')] },
  { kind: 'cert-manager.io/Certificate', ready: [condition('Ready')] },
];
