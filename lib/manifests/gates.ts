import type { Problem } from '../errors/problem';
import { canonical } from '../kube/canonical';
import {
  GATE_ANNOTATION,
  GATE_PHASES,
  GATE_SUPPORT_ANNOTATION,
  type GatePhase,
  MIN_SAMPLES_ANNOTATION,
  NONCE_ANNOTATION,
  THRESHOLDS_ANNOTATION,
  type Threshold,
  type Thresholds,
  VALIDATES_ANNOTATION,
} from '../kube/contract';
import { isFields } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import { hookOf } from './hooks';

/** A gate of a release: a Job that must pass before the release continues. */
export interface Gate {
  /** The Job's name in the manifests. */
  readonly name: string;
  /** When it runs. */
  readonly phase: GatePhase;
  /** Its Job. */
  readonly job: KubeObject;
  /** The bounds of its metrics. */
  readonly thresholds: Thresholds;
  /** Minimum number of samples for its metrics. @default 1 */
  readonly minSamples?: number;
  /** Whether its report may omit the nonce of its run. @default false */
  readonly withoutNonce?: boolean;
  /** Objects that exist only while the gate runs. */
  readonly support: readonly KubeObject[];
  /** The workload it validates, `Deployment/fraud-model`. */
  readonly validates?: string;
}

const HELM_WEIGHT = 'helm.sh/hook-weight';

/** Separates the gates, and the objects that exist only for them, from a release's manifests. */
export function splitGates(
  all: readonly KubeObject[],
  problems: Problem[],
  warnings: Problem[] = [],
): { readonly objects: readonly KubeObject[]; readonly gates: readonly Gate[] } {
  const objects: KubeObject[] = [];
  const gates: Gate[] = [];
  const support: { readonly job: string; readonly object: KubeObject }[] = [];
  const shared: { readonly phases: readonly GatePhase[]; readonly object: KubeObject }[] = [];
  const hooks = new Set<Gate>();
  for (const object of all) {
    const { annotations = {} } = object.metadata;
    const supports = annotations[GATE_SUPPORT_ANNOTATION];
    if (supports !== undefined) support.push({ job: supports, object });
    else if (annotations[GATE_ANNOTATION] !== undefined) gates.push(declaredGate(object, problems));
    else {
      const hook = hookOf(object);
      if (hook === undefined) objects.push(object);
      else if (hook.kind === 'support') shared.push({ phases: hook.phases, object });
      else if (hook.kind === 'left-out') warnings.push(hook.warning);
      else if (hook.kind === 'refused') problems.push(hook.problem);
      else for (const phase of hook.phases) hooks.add(hookGate(object, phase));
    }
  }
  for (const { job, object } of support) {
    if (gates.some((gate) => gate.name === job)) continue;
    const message = 'belongs to a gate that is not there';
    problems.push(invalid(object, message, job, gates.map(({ name }) => name).join(', ') || 'the name of a gate Job'));
  }
  const complete = [
    ...gates.map((gate) => ({ ...gate, support: support.filter(({ job }) => job === gate.name).map((s) => s.object) })),
    // ServiceAccounts, roles and settings of hooks come with every hook Job of their phase.
    ...[...hooks].map((gate) => ({
      ...gate,
      support: shared.filter(({ phases }) => phases.includes(gate.phase)).map((s) => s.object),
    })),
  ];
  return { objects, gates: complete.sort((a, b) => weight(a.job) - weight(b.job) || (a.name < b.name ? -1 : 1)) };
}

function declaredGate(job: KubeObject, problems: Problem[]): Gate {
  const { name, annotations = {} } = job.metadata;
  const phase = GATE_PHASES.find((known) => known === annotations[GATE_ANNOTATION]);
  if (job.kind !== 'Job') problems.push(invalid(job, 'only a Job can be a gate', job.kind, 'Job'));
  if (phase === undefined)
    problems.push(invalid(job, 'has an unknown gate phase', annotations[GATE_ANNOTATION], GATE_PHASES.join(', ')));
  const thresholds = thresholdsOf(annotations[THRESHOLDS_ANNOTATION]);
  if (thresholds === undefined) {
    const expected = '{"auc":{"min":0.92}}';
    problems.push(invalid(job, 'has thresholds that are not readable', annotations[THRESHOLDS_ANNOTATION], expected));
  }
  const validates = annotations[VALIDATES_ANNOTATION];
  const target = validates === undefined ? {} : { validates };
  const demands = reportDemands(job, problems);
  return { name, phase: phase ?? 'before', job, thresholds: thresholds ?? {}, support: [], ...demands, ...target };
}

/** Requirements for a gate's report besides numbers. */
function reportDemands(job: KubeObject, problems: Problem[]): Pick<Gate, 'minSamples' | 'withoutNonce'> {
  const { annotations = {} } = job.metadata;
  const samples = annotations[MIN_SAMPLES_ANNOTATION];
  const nonce = annotations[NONCE_ANNOTATION] ?? 'required';
  if (samples !== undefined && !/^[1-9]\d{0,14}$/.test(samples))
    problems.push(invalid(job, 'demands a number of samples that is none', samples, 'a whole number of at least 1'));
  if (nonce !== 'required' && nonce !== 'none')
    problems.push(invalid(job, 'has an unknown demand for a nonce', nonce, 'required, none'));
  return {
    ...(samples === undefined ? {} : { minSamples: Number(samples) }),
    ...(nonce === 'none' ? { withoutNonce: true } : {}),
  };
}

/** A hook Job is a gate judged only by its exit code. */
function hookGate(job: KubeObject, phase: GatePhase): Gate {
  return { name: job.metadata.name, phase, job, thresholds: {}, support: [] };
}

function thresholdsOf(text = '{}'): Thresholds | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    if (!isFields(parsed)) return undefined;
    const entries = Object.entries(parsed).map(([metric, bounds]) => [metric, thresholdOf(bounds)] as const);
    return entries.every((entry): entry is readonly [string, Threshold] => entry[1] !== undefined)
      ? Object.fromEntries(entries)
      : undefined;
  } catch {
    return undefined;
  }
}

function thresholdOf(bounds: unknown): Threshold | undefined {
  if (!isFields(bounds)) return undefined;
  const { min, max, ...rest } = bounds;
  const sound = (bound: unknown) => bound === undefined || typeof bound === 'number';
  if (!sound(min) || !sound(max) || canonical(rest) !== '{}' || (min === undefined && max === undefined)) return undefined;
  return { ...(typeof min === 'number' ? { min } : {}), ...(typeof max === 'number' ? { max } : {}) };
}

function weight(job: KubeObject): number {
  return Number(job.metadata.annotations?.[HELM_WEIGHT] ?? 0) || 0;
}

function invalid(object: KubeObject, message: string, got: unknown, expected: string): Problem {
  return { code: 'GATE_INVALID', subject: displayName(object), message, got, expected, remedy: 'Correct the annotation.' };
}
