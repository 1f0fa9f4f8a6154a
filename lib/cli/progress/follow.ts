import { nearestName } from '../../errors/nearest';
import { type Problem, ServingError } from '../../errors/problem';
import { EXIT_CODES, list, type ReleaseEvent, type ReleaseName, type ReleaseResult } from '../../release';
import { type Flags, outputOf } from '../shared/release-options';
import type { Cluster } from '../shared/with-cluster';
import { reporterFor } from './reporters';

/** Runs a release to completion and reports its progress. */
export async function follow(
  flags: Flags,
  cluster: Cluster,
  progress: AsyncGenerator<ReleaseEvent, ReleaseResult, void>,
  name?: ReleaseName,
): Promise<number> {
  const budget = flags.timeout === undefined ? {} : { budgetMs: flags.timeout };
  const reporter = reporterFor({ output: outputOf(flags), ...budget });
  cluster.listen((text) => reporter.note(text));
  try {
    for (let step = await progress.next(); ; step = await progress.next()) {
      if (step.done !== true) reporter.event(step.value);
      else {
        // A release refused before it was read has no name.
        const value = { ...step.value, ...(step.value.release === '' ? name : {}) };
        reporter.result({ ...value, problems: await withNearest(cluster, value, value.problems) });
        return EXIT_CODES[step.value.outcome];
      }
    }
  } finally {
    reporter.close();
  }
}

/** Returns the result of a query about a release; if there is no such release, the error suggests the nearest one. */
export async function known<T>(cluster: Cluster, name: ReleaseName, asked: Promise<T>): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    throw new ServingError(await withNearest(cluster, name, error.problems));
  }
}

/** Adds the nearest name, or the namespace with a release of that name, to the problems of an unknown release. */
async function withNearest(
  { engine }: Cluster,
  { release, namespace }: ReleaseName,
  problems: readonly Problem[],
): Promise<readonly Problem[]> {
  if (!problems.some(({ code }) => code === 'RELEASE_UNKNOWN')) return problems;
  // Users who may not list all namespaces see the releases of this one.
  const { heads } = await list(engine).catch(() => list(engine, namespace).catch(() => ({ heads: [] })));
  const elsewhere = heads.find((head) => head.release === release)?.namespace;
  const here = heads.filter((head) => head.namespace === namespace).map((head) => head.release);
  const nearest = nearestName(release, here);
  return problems.map((problem) => {
    if (problem.code !== 'RELEASE_UNKNOWN') return problem;
    if (elsewhere !== undefined) return { ...problem, remedy: `There is one in ${elsewhere}: give -n ${elsewhere}.` };
    return { ...problem, ...(nearest === undefined ? {} : { nearest }) };
  });
}
