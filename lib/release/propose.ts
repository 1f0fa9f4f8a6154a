import type { Problem } from '../errors/problem';
import { dryRunAll } from './dry-run';
import type { Engine } from './events';
import type { Desired } from './load';
import type { ReleaseOptions } from './options';
import { plan as combine, type Plan } from './plan';
import { preflight } from './preflight';
import { survey } from './survey';

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
