import { objsAt, textsAt } from '../../api-schema/json';
import { milliseconds } from '../../kube/duration';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { controllerKey } from './kit';

/**
 * Outcome of a pod. The values are those of the `sim/…` annotations, which simulated nodes of a real control plane also follow.
 */
export type PodOutcome =
  | 'ready'
  | 'unready'
  | 'crash'
  | 'oom'
  | 'image-not-found'
  | 'config-error'
  | 'pending'
  | 'evict'
  | 'complete'
  | 'fail'
  | 'hang';

/** Behavior of a pod. */
export interface PodBehavior {
  /** Outcome of the pod. */
  readonly outcome: PodOutcome;
  /** Time from scheduled to running, including image pulls. */
  readonly startMs: number;
  /** Time from running to ready, including loading the model. */
  readonly readyMs: number;
  /** Time until it crashes, in milliseconds. */
  readonly crashMs: number;
  /** First backoff between two crashes, in milliseconds. */
  readonly backoffMs: number;
  /** Time from running to completion, for the pods of a Job. */
  readonly jobMs: number;
  /** Time to stop, in milliseconds. */
  readonly stopMs: number;
  /** Number of crashes before it works. @default - forever */
  readonly crashes?: number;
  /** Exit code of a terminated container. */
  readonly exitCode: number;
  /** Termination message at the end. */
  readonly terminationMessage: string;
  /** Log lines of each container run. */
  readonly logs: readonly string[];
}

/** Sets the behavior of pods without annotations; undefined keeps the default. */
export type PodBehaviorHook = (pod: Obj) => Partial<PodBehavior> | undefined;

const OUTCOMES: readonly PodOutcome[] = [
  'ready',
  'unready',
  'crash',
  'oom',
  'image-not-found',
  'config-error',
  'pending',
  'evict',
  'complete',
  'fail',
  'hang',
];

/** Behavior of a pod: its annotations, then the hook, then the defaults of the simulated nodes. */
export function behaviorOf(pod: Obj, hook: PodBehaviorHook | undefined): PodBehavior {
  const notes = textsAt(pod, 'metadata', 'annotations');
  const isJob = controllerKey(pod, 'Job') !== undefined;
  const missing = objsAt(pod, 'spec', 'containers').some((container) =>
    /:(missing|not-found)$/.test(textOrEmpty(container, 'image')),
  );
  const named = OUTCOMES.find((outcome) => outcome === notes['sim/outcome']);
  const usual: PodOutcome = isJob ? 'complete' : 'ready';
  const base: PodBehavior = {
    outcome: missing ? 'image-not-found' : (named ?? usual),
    startMs: duration(notes['sim/start-delay'], 100),
    readyMs: duration(notes['sim/ready-delay'], 100),
    crashMs: duration(notes['sim/crash-delay'], 200),
    backoffMs: duration(notes['sim/backoff'], 1500),
    jobMs: duration(notes['sim/job-delay'], 300),
    stopMs: duration(notes['sim/stop-delay'], 100),
    exitCode: Number(notes['sim/exit-code'] ?? (named === 'fail' ? '1' : '0')),
    terminationMessage: notes['sim/termination-message'] ?? '',
    logs: ['starting', 'loading model', 'ready'],
  };
  return { ...base, ...hook?.(pod) };
}

function duration(text: string | undefined, usual: number): number {
  return text === undefined ? usual : (milliseconds(text) ?? 0);
}
