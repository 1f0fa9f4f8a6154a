import { strategyOf } from '../canary/strategy';
import type { Problem } from '../errors/problem';
import { STRATEGY_ANNOTATION } from '../kube/contract';
import type { Runtime } from '../runtimes/runtime';
import { type ReleaseStrategy, strategyText } from '../stack/strategy';
import { measureOf } from './measure';

/** Annotation that passes a strategy to the release; empty without a strategy. */
export function strategyAnnotation(strategy: ReleaseStrategy | undefined, runtime: Runtime): Record<string, string> {
  if (strategy === undefined) return {};
  const measure = strategy.measure === undefined ? undefined : measureOf(strategy.measure, runtime).measure;
  return { [STRATEGY_ANNOTATION]: strategyText(strategy, measure) };
}

/** Measurements that the runtime does not support and that a release would refuse. */
export function strategyProblems(
  strategy: ReleaseStrategy | undefined,
  runtime: Runtime,
  isGroup: boolean,
): readonly Omit<Problem, 'subject'>[] {
  if (strategy === undefined) return [];
  const asked = strategy.measure === undefined ? [] : measureOf(strategy.measure, runtime).problems;
  if (asked.length > 0) return asked;
  const kind = isGroup ? 'LeaderWorkerSet' : 'Deployment';
  const problems: Problem[] = [];
  strategyOf(
    { apiVersion: 'apps/v1', kind, metadata: { name: '', annotations: strategyAnnotation(strategy, runtime) } },
    problems,
  );
  return problems.map(({ subject: _object, ...problem }) => ({ ...problem, remedy: 'Correct the strategy.' }));
}
