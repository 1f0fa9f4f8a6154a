import { type Problem, ServingError } from '../errors/problem';
import { splitGates } from '../manifests/gates';
import { resolve } from '../manifests/load';
import { releasing } from './apply';
import type { Engine } from './model/engine';
import type { ReleaseEvent, ReleaseResult } from './model/events';
import type { ReleaseOptions } from './model/options';
import { mismatches, type PlanFile, staleness } from './planning/plan-file';
import { clusterId } from './record/signing';

/**
 * Applies a saved plan. Refused on another cluster, with options other than the plan's, and for exactly the objects that changed
 * since.
 */
export function applyPlanFile(
  engine: Engine,
  file: PlanFile,
  options: ReleaseOptions,
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  const { release, namespace, objects, artifact } = file;
  const problems: Problem[] = [];
  const { gates } = splitGates(file.gates, problems);
  const from = typeof artifact === 'string' ? { artifact } : {};
  // The file names its artifact; only the artifact itself can prove its signature.
  const source = typeof artifact === 'string' ? options.sources?.get(artifact) : undefined;
  const desired = { release, namespace, objects, gates, ...from };
  return releasing(
    engine,
    async ({ api }) => {
      problems.push(...mismatches(file, options, await clusterId(api)));
      if (problems.length > 0) throw new ServingError(problems);
      return source === undefined ? desired : resolve(source, { ...options, release, namespace });
    },
    { ...options, release, namespace },
    { check: (planned) => staleness(file, planned) },
  );
}
