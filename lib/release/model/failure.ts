import { ApiError } from '../../client/errors';
import { type Problem, ServingError } from '../../errors/problem';
import type { Failure } from './revision';

/** The failure of a release, with the evidence from that moment. */
export class ReleaseError extends ServingError {
  static override readonly kind = 'ReleaseError';

  readonly evidence: Omit<Failure, 'problem'>;

  constructor(problem: Problem, evidence: Partial<Omit<Failure, 'problem'>> = {}) {
    super([problem]);
    this.evidence = { events: [], logs: [], ...evidence };
  }
}

/** Converts any error to the failure of a release. Unexpected errors are not hidden but rethrown. */
export function failureOf(error: unknown): Failure {
  if (!(error instanceof ServingError)) throw error;
  const [problem] = error.problems;
  if (problem === undefined) throw error;
  return { problem, ...(error instanceof ReleaseError ? error.evidence : { events: [], logs: [] }) };
}

/** Whether an error means that this process must not write any more. */
export function isLost(error: unknown): boolean {
  return hasCode(error, 'LOCK_LOST');
}

/** Whether the API server is unreachable, or no longer accepts this user: neither continuing nor rolling back is possible. */
export function isUnreachable(error: unknown): boolean {
  return hasCode(error, 'API_UNREACHABLE') || (error instanceof ApiError && error.status === 401);
}

/** Throws when the user has interrupted the release. */
export function refuseWhenInterrupted(signal: AbortSignal, release: string): void {
  if (!signal.aborted) return;
  const remedy = 'Run it again to continue.';
  throw new ReleaseError({ code: 'INTERRUPTED', subject: release, message: 'the release was interrupted', remedy });
}

function hasCode(error: unknown, code: Problem['code']): boolean {
  return error instanceof ServingError && error.problems.some((problem) => problem.code === code);
}
