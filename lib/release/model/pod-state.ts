/**
 * What a pod of a new template is waiting for, in order; `failing` when waiting does not help, `evicted` when its controller must
 * replace it.
 */
export type PodPhase = 'scheduling' | 'pulling' | 'starting' | 'loading' | 'ready' | 'failing' | 'evicted';

/** The progress of one pod. */
export interface PodState {
  /** Name of the pod. */
  readonly name: string;
  /** Its phase. */
  readonly phase: PodPhase;
  /** What the cluster reports about it; empty when it is ready. */
  readonly message: string;
}
