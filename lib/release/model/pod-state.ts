/**
 * What a pod of a new template is waiting for, in the order in which it goes through them; `failing` when waiting is of no use,
 * `evicted` when its controller has to replace it.
 */
export type PodPhase = 'scheduling' | 'pulling' | 'starting' | 'loading' | 'ready' | 'failing' | 'evicted';

/** How far one pod is. */
export interface PodState {
  /** Name of the pod. */
  readonly name: string;
  /** How far it is. */
  readonly phase: PodPhase;
  /** What the cluster says about it; empty when it is ready. */
  readonly message: string;
}
