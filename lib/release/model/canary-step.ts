import type { CanaryPlan } from '../../canary/plan';
import type { Split } from '../../canary/share';
import type { Measured } from '../../metrics/analysis';

/** How a step of a canary ended. */
export const STEP_VERDICTS = ['passed', 'promoted', 'failed', 'inconclusive', 'aborted'] as const;

/** What one step of a canary has shown. */
export interface CanaryStep {
  /** The workload, `Deployment/fraud-model`. */
  readonly workload: string;
  /** What kind of strategy it is a step of. */
  readonly type: CanaryPlan['strategy']['type'];
  /** What decided on the share. */
  readonly split: Split;
  /** Percent that the strategy asked for. */
  readonly percent: number;
  /** Percent of the requests that reached the candidate. */
  readonly share: number;
  /** Pods of the candidate. */
  readonly replicas: number;
  /** When the candidate got this share, RFC 3339. */
  readonly started: string;
  /** How long the step took. */
  readonly seconds: number;
  /** How it ended. `promoted` and `aborted`: a person decided. */
  readonly verdict: (typeof STEP_VERDICTS)[number];
  /** Why it did not pass. */
  readonly reason?: string;
  /** Requests of the candidate, where they were counted. */
  readonly requests?: number;
  /** Requests of the stable version over the same time. */
  readonly stableRequests?: number;
  /** What was measured at its end. */
  readonly measured: readonly Measured[];
}
