import { objsAt, textsAt } from '../../api-schema/json';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { controllerKey } from './kit';

/** What becomes of a pod. The words are those of the `sim/…` annotations, which also the simulated nodes of a real control plane follow. */
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

/** How a pod behaves. */
export interface PodBehavior {
  /** How it ends, or goes on. */
  readonly outcome: PodOutcome;
  /** From being scheduled to running; a slow pull is a long one. */
  readonly startMs: number;
  /** From running to ready: loading the model. */
  readonly readyMs: number;
  /** How long it runs before it crashes, in milliseconds. */
  readonly crashMs: number;
  /** How long the first wait between two crashes is, in milliseconds. */
  readonly backoffMs: number;
  /** From running to the end, for the pods of a Job. */
  readonly jobMs: number;
  /** How long it takes to stop, in milliseconds. */
  readonly stopMs: number;
  /** How often it crashes before it works; without it, forever. @default - forever */
  readonly crashes?: number;
  /** Exit code of a container that ends. */
  readonly exitCode: number;
  /** What stands on the termination log at the end. */
  readonly terminationMessage: string;
  /** What a container writes each time it runs. */
  readonly logs: readonly string[];
}

/** Changes the behaviour of a pod that has none by annotation; nothing leaves it as it is. */
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
const UNITS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };

/** The behaviour of a pod: its annotations, then the hook, then the defaults of the simulated nodes. */
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
  let total = 0;
  for (const [, amount, unit] of (text ?? '').matchAll(/([\d.]+)(ms|s|m|h)/g))
    total += Number(amount) * (UNITS[unit ?? 's'] ?? 0);
  return total === 0 && text === undefined ? usual : total;
}
