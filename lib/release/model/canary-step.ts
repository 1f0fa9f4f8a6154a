import type { CanaryPlan } from '../../canary/plan';
import type { Split } from '../../canary/share';
import type { Measured } from '../../metrics/analysis';

/** How a step of a canary ended. */
export const STEP_VERDICTS = ['passed', 'promoted', 'failed', 'inconclusive', 'aborted'] as const;

/** The result of one canary step. */
export interface CanaryStep {
  /** The workload, `Deployment/fraud-model`. */
  readonly workload: string;
  /** The type of its strategy. */
  readonly type: CanaryPlan['strategy']['type'];
  /** What determined the share. */
  readonly split: Split;
  /** Percent that the strategy requested. */
  readonly percent: number;
  /** Percent of requests that reached the candidate. */
  readonly share: number;
  /** Pods of the candidate. */
  readonly replicas: number;
  /** When the candidate received this share, RFC 3339. */
  readonly started: string;
  /** How long the step took. */
  readonly seconds: number;
  /** How it ended. `promoted` and `aborted`: decided by a user. */
  readonly verdict: (typeof STEP_VERDICTS)[number];
  /** Why it did not pass. */
  readonly reason?: string;
  /** Requests to the candidate, where counted. */
  readonly requests?: number;
  /** Requests to the stable version over the same time. */
  readonly stableRequests?: number;
  /** Measurements at its end. */
  readonly measured: readonly Measured[];
}
