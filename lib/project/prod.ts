import type { Problem } from '../errors/problem';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null;

/** Checks the type requirements for prod again on the final config: `--set` and plain JavaScript bypass the types. */
export function prodProblems(config: unknown, subject: string): readonly Problem[] {
  if (!isTree(config)) return [];
  const { redis, gate } = config;
  const problems: Problem[] = [];
  if (isTree(redis) && redis.auth === undefined) {
    problems.push({
      code: 'PROD_REQUIREMENT',
      subject,
      path: 'redis.auth',
      message: 'Redis has no password in prod',
      expected: 'a reference to a Secret',
      remedy: "Name the Secret: redis: { auth: { secret: 'redis-auth' } }.",
    });
  }
  if (isTree(gate) && gate.off !== undefined) {
    problems.push({
      code: 'PROD_REQUIREMENT',
      subject,
      path: 'gate.off',
      message: 'the gate is switched off in prod',
      got: gate.off,
      expected: 'a gate',
      remedy: 'Give the gate its image, data set and thresholds.',
    });
  }
  return problems;
}
