import type { KubeApi } from '../../client/api';
import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { ReleaseOptions } from '../model/options';
import type { Plan } from '../model/plan';
import type { Survey } from '../model/survey';
import { computePlan, sizesKept } from './compute-plan';
import { withDependents } from './dependents';
import { dryRunAll } from './dry-run';
import { gatesNotRun } from './gates-not-run';
import { podsNotRestarted } from './not-restarted';
import { withOwned } from './owned';
import { scaledByOthers } from './scaled-by-others';

/**
 * Creates a plan, with notices about its manifests. Queries the API server, and writes nothing.
 *
 * @param missing namespaces that do not exist yet
 */
export async function makePlan(
  api: KubeApi,
  found: Survey,
  options: ReleaseOptions,
  missing: readonly KubeObject[] = [],
): Promise<{ readonly plan: Plan; readonly warnings: readonly Problem[] }> {
  const absent = new Set(missing.map(({ metadata }) => metadata.name));
  const dryRuns = await dryRunAll(api, found, options, options.adopt === true, absent);
  const direct = await withDependents(api, computePlan(found, dryRuns, options));
  const plan = await withOwned(api, direct, options.pruneData === true);
  const given = found.desired.warnings ?? [];
  const noticed = [...sizesKept(found, plan), ...scaledByOthers(found, plan), ...gatesNotRun(found, plan)];
  return { plan, warnings: [...given, ...noticed, ...podsNotRestarted(plan)] };
}
