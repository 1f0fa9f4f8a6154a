/** A latency bound for a fraction of the requests. */
export interface LatencyObjective {
  /** Seconds; must be the upper bound of a bucket in the runtime's histogram. */
  readonly below: number;
  /** Fraction of the requests below the bound, such as 0.99. */
  readonly fraction: number;
}

/** Service level objectives of a server, shared by the alerts of `Objectives` and the steps of a canary. */
export interface ServiceObjectives {
  /** Fraction of successful requests, such as 0.999. @default - no objective */
  readonly availability?: number;
  /** Request duration. @default - no objective */
  readonly requestSeconds?: LatencyObjective;
  /** Time to first token. @default - no objective */
  readonly firstTokenSeconds?: LatencyObjective;
}
