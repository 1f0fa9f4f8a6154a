import type { HealthChecks } from '../kube/probes';

/** What is known of a kind of model server: a preset that fills in ports, probes and paths. Plain data; write your own like these. */
export interface Runtime {
  /** What it is called in messages. */
  readonly name: string;
  /** Port of the container, 1024 or higher. */
  readonly port: number;
  /** Where it says that it is ready, and alive. */
  readonly health: HealthChecks;
  /** Path of its Prometheus metrics on the same port. Absent when it has none. */
  readonly metricsPath?: string;
  /** Names of its metrics that say how busy it is, for autoscaling. */
  readonly scalingMetrics: readonly string[];
  /** Environment variable that tells it where the model is. */
  readonly modelPathVariable: string;
  /** Directories it writes to, besides the model's. */
  readonly writableDirectories: readonly string[];
  /** What is weak about it, one sentence each; printed at synth, an error where the environment says so. */
  readonly warnings: readonly string[];
}
