import type { Problem } from '../errors/problem';
import type { Desired } from '../manifests/load';
import type { Engine } from './model/events';
import type { ReleaseOptions } from './model/options';
import { plan as combine, type Plan } from './planning/compute-plan';
import { dryRunAll } from './planning/dry-run';
import { survey } from './planning/survey';
import { preflight } from './preflight/preflight';

/** A plan together with what it was made from, to be shown or saved. */
export interface Proposal {
  /** What would change. */
  readonly plan: Plan;
  /** What was read. */
  readonly desired: Desired;
  /** Everything that would stop it, found without writing anything. */
  readonly problems: readonly Problem[];
}

/** What an apply would do, and whether it could. Writes nothing. */
export async function plan(engine: Engine, path: string, options: ReleaseOptions = {}): Promise<Proposal> {
  const found = await survey(engine, engine.host.read(path, options), options);
  const planned = combine(found, await dryRunAll(engine.api, found, options, options.adopt === true), options);
  const run = { ...engine, emit: () => undefined, signal: options.signal ?? new AbortController().signal };
  const changed = planned.objects.some(({ action }) => action !== 'unchanged');
  const problems = changed && planned.problems.length === 0 ? await preflight(run, planned, options) : planned.problems;
  return { plan: planned, desired: found.desired, problems };
}
