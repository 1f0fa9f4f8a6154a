import type { Problem } from '../../errors/problem';
import type { GatePhase, Threshold } from '../../kube/contract';
import type { CanaryStep } from './canary-step';
import type { RevisionState } from './outcome';

/** One metric against its bounds. */
export interface JudgedMetric {
  /** Name of the metric. */
  readonly name: string;
  /** The measured value. */
  readonly value: number;
  /** Its bounds; absent when it has none. */
  readonly threshold?: Threshold;
  /** Whether it is within them. */
  readonly ok: boolean;
}

/** The result of a gate. */
export interface GateEvidence {
  /** Name of its Job. */
  readonly name: string;
  /** When it ran. */
  readonly phase: GatePhase;
  /** Whether its numbers are within the thresholds. */
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly reason?: string;
  /** Exit code of the Job's container. */
  readonly exitCode?: number;
  /** Its measurements, with verdicts. */
  readonly metrics: readonly JudgedMetric[];
  /** The number of samples it measured. */
  readonly samples?: number;
  /** How many times it was started; above 1 when nodes took it down. */
  readonly attempts: number;
  /** Its last log lines, when it did not pass. */
  readonly logs?: readonly string[];
}

/** Why a release failed, with the evidence from that moment. */
export interface Failure {
  /** What failed, and how to fix it. */
  readonly problem: Problem;
  /** The cause in one word: `ImageNotFound`, `CrashLoop`, `OOMKilled`. */
  readonly reason?: string;
  /** When it started, in the cluster's time, RFC 3339. */
  readonly since?: string;
  /** The pod that failed. */
  readonly pod?: string;
  /** The container that failed. */
  readonly container?: string;
  /** Exit code of the container's last run. */
  readonly exitCode?: number;
  /** How many times its container was restarted. */
  readonly restarts?: number;
  /** Events about it, latest last. */
  readonly events: readonly string[];
  /** The last log lines of the container that failed. */
  readonly logs: readonly string[];
}

/** Number of objects per action of a plan. */
export interface ChangeCounts {
  /** Objects created. */
  readonly create: number;
  /** Objects changed in place. */
  readonly change: number;
  /** Objects deleted and recreated. */
  readonly replace: number;
  /** Objects deleted. */
  readonly delete: number;
}

/** One entry in a release's history. */
export interface Revision {
  /** Its number, from 1. */
  readonly revision: number;
  /** How it ended. */
  readonly state: RevisionState;
  /** The action. */
  readonly action: 'install' | 'upgrade' | 'rollback' | 'uninstall' | 'adopt';
  /** When it started, RFC 3339. */
  readonly started: string;
  /** How long it took. */
  readonly seconds: number;
  /** Who released it, and on which machine. */
  readonly by: string;
  /** Digest of the plan. */
  readonly plan: string;
  /** The number of objects it changed. */
  readonly changes: ChangeCounts;
  /** Display names of the objects it changed, the first 50. */
  readonly changed: readonly string[];
  /** Model versions of the workloads. */
  readonly versions: readonly string[];
  /** Results of its canary steps. @default - it had none */
  readonly canary?: readonly CanaryStep[];
  /** Results of its gates. */
  readonly gates: readonly GateEvidence[];
  /** Whether it was rebuilt from live objects because the record was lost. */
  readonly rebuilt?: boolean;
  /** The applied artifact, with its digest; absent when it was a directory. */
  readonly artifact?: string;
  /** What another tool had released and this revision represents: `Helm revision 7 (fraud-model-1.2.0)`. */
  readonly adopted?: string;
  /** The revision that a rollback restored. */
  readonly of?: number;
  /** Why it failed; absent when it did not. */
  readonly failure?: Failure;
  /** Display names of the restored objects, the first 50. */
  readonly restored?: readonly string[];
  /** Objects not restored, when `failed`. */
  readonly left?: readonly string[];
  /** Digests of its stored manifests; empty when it was never deployed. */
  readonly content: readonly string[];
}
