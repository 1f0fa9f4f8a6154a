import { type Problem, ServingError } from '../errors/problem';
import type { Desired } from '../manifests/load';
import { type Origin, withFormer } from './apply';
import type { Engine, Run } from './model/engine';
import type { ReleaseEvent } from './model/events';
import type { ReleaseOptions } from './model/options';
import type { Plan } from './model/plan';
import type { Survey } from './model/survey';
import { makePlan } from './planning/make-plan';
import { survey } from './planning/survey';
import { missingNamespaces } from './preflight/namespace';
import { preflight } from './preflight/preflight';
import { signatureProblems } from './preflight/signature';

/** A plan with its input, to be shown or saved. */
export interface Proposal {
  /** What would change. */
  readonly plan: Plan;
  /** The manifests read. */
  readonly desired: Desired;
  /** Everything that would stop it, found without any write. */
  readonly problems: readonly Problem[];
  /** Notices that do not stop it. */
  readonly warnings?: readonly Problem[];
}

/** What an apply would do, and whether it is possible. Writes nothing. */
export async function plan(engine: Engine, path: string, options: ReleaseOptions = {}, origin: Origin = {}): Promise<Proposal> {
  const found = await withFormer(await survey(engine, engine.host.read(path, options), options), origin);
  const { plan: planned, warnings: told } = await makePlan(engine.api, found, options);
  const warnings: Problem[] = [...told, ...(found.former?.warnings ?? [])];
  const emit = (event: ReleaseEvent): void => {
    if (event.type === 'warning') warnings.push(event.problem);
  };
  if (options.allowUnsigned !== true) warnings.push(...signatureProblems(planned, found.desired));
  const run = { ...engine, emit, signal: options.signal ?? new AbortController().signal };
  const problems = [...(await stopping(run, found, planned, options)), ...(origin.check?.(planned) ?? [])];
  return { plan: planned, desired: found.desired, problems, ...(warnings.length === 0 ? {} : { warnings }) };
}

async function stopping(run: Run, found: Survey, planned: Plan, options: ReleaseOptions): Promise<readonly Problem[]> {
  const changed = planned.objects.some(({ action }) => action !== 'unchanged');
  if (!changed || planned.problems.length > 0) return planned.problems;
  const [namespaces, others] = await Promise.all([namespaceProblems(run, found, options), preflight(run, planned, options)]);
  return [...namespaces, ...others];
}

async function namespaceProblems(run: Run, found: Survey, options: ReleaseOptions): Promise<readonly Problem[]> {
  try {
    await missingNamespaces(run, found, options);
    return [];
  } catch (error) {
    if (error instanceof ServingError) return error.problems;
    throw error;
  }
}
