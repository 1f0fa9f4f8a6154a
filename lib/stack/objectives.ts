/** A bound on a latency that a fraction of the requests has to keep. */
export interface LatencyObjective {
  /** Seconds; has to be the upper bound of a bucket of the runtime's histogram. */
  readonly below: number;
  /** Fraction of the requests that have to take less, 0.99. */
  readonly fraction: number;
}

/** What a server promises to its callers. The alerts of `Objectives` and the steps of a canary go by the same. */
export interface ServiceObjectives {
  /** Fraction of the requests that succeed, 0.999. @default - no objective */
  readonly availability?: number;
  /** Time of a request. @default - no objective */
  readonly requestSeconds?: LatencyObjective;
  /** Time to the first token. @default - no objective */
  readonly firstTokenSeconds?: LatencyObjective;
}
