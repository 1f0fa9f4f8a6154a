/** An answer of a sequence that differs, and why that is left so. */
export interface Exception {
  readonly scenario: string;
  readonly steps: readonly number[];
  /** Only this field may differ. Without it the sandbox has to refuse, too, and may word it in its own way. */
  readonly field?: string;
  readonly why: string;
}

/** What is known to differ. Everything else that differs fails the suite. */
export const NOT_MODELLED: readonly Exception[] = [
  {
    scenario: 'Service: bad name',
    steps: [1],
    why: 'a Service without a name fails in the allocation of its address before it is validated',
  },
];

/**
 * Known differences that the generator keeps clear of, so that no number of the suite includes them. The sandbox does not refuse them.
 */
export const AVOIDED: readonly string[] = [
  'scale to 0, or to the number there is: the real server then records other owners of spec.replicas',
  'NetworkPolicy: an empty map or list in place of none counts as a change of generation on the real server only',
  'the order of managedFields and of causes is not compared: it depends on the second in which something was written',
  'Go values, JSON parser errors and diffs inside messages are not compared',
  'autoscaler status other than desiredReplicas, and whether a rollout under way says NewReplicaSetCreated or ReplicaSetUpdated',
];
