import type { Problem } from '../../errors/problem';
import type { GatePhase, Threshold } from '../../kube/contract';
import type { CanaryStep } from './canary-step';
import type { RevisionState } from './outcome';

/** One metric against its bounds. */
export interface JudgedMetric {
  /** Name of the metric. */
  readonly name: string;
  /** What was measured. */
  readonly value: number;
  /** Its bounds; nothing when it has none. */
  readonly threshold?: Threshold;
  /** Whether it is inside them. */
  readonly ok: boolean;
}

/** What a gate has shown. */
export interface GateEvidence {
  /** Name of its Job. */
  readonly name: string;
  /** When it ran. */
  readonly phase: GatePhase;
  /** Whether its numbers are inside the thresholds. */
  readonly passed: boolean;
  /** Why it did not pass. */
  readonly reason?: string;
  /** Exit code of the Job's container. */
  readonly exitCode?: number;
  /** What it measured, and how that was judged. */
  readonly metrics: readonly JudgedMetric[];
  /** How many samples it measured on. */
  readonly samples?: number;
  /** How often it was started; above 1 when nodes took it down. */
  readonly attempts: number;
  /** The last lines it logged, when it did not pass. */
  readonly logs?: readonly string[];
}

/** Why a release failed, with what was seen at that moment. */
export interface Failure {
  /** What failed, and what can be done. */
  readonly problem: Problem;
  /** The cause in one word: `ImageNotFound`, `CrashLoop`, `OOMKilled`. */
  readonly reason?: string;
  /** Since when, in the cluster's time, RFC 3339. */
  readonly since?: string;
  /** The pod that failed. */
  readonly pod?: string;
  /** The container that failed. */
  readonly container?: string;
  /** Of the container's last run. */
  readonly exitCode?: number;
  /** How often its container was started again. */
  readonly restarts?: number;
  /** Events about it, the latest last. */
  readonly events: readonly string[];
  /** The last lines of the container that failed. */
  readonly logs: readonly string[];
}

/** Counts of a plan's actions. */
export interface ChangeCounts {
  /** Objects that are new. */
  readonly create: number;
  /** Objects that are changed in place. */
  readonly change: number;
  /** Objects that are deleted and recreated. */
  readonly replace: number;
  /** Objects that go. */
  readonly delete: number;
}

/** One line of a release's history. */
export interface Revision {
  /** Its number, from 1. */
  readonly revision: number;
  /** How it ended. */
  readonly state: RevisionState;
  /** What it was. */
  readonly action: 'install' | 'upgrade' | 'rollback' | 'uninstall' | 'adopt';
  /** When it started, RFC 3339. */
  readonly started: string;
  /** How long it took. */
  readonly seconds: number;
  /** Who released it, on which machine. */
  readonly by: string;
  /** Digest of the plan. */
  readonly plan: string;
  /** How many objects it changed. */
  readonly changes: ChangeCounts;
  /** Displayed names of the objects that it changed, the first 50. */
  readonly changed: readonly string[];
  /** Model versions of the workloads. */
  readonly versions: readonly string[];
  /** What the steps of its canaries have shown. @default - it had none */
  readonly canary?: readonly CanaryStep[];
  /** What its gates have shown. */
  readonly gates: readonly GateEvidence[];
  /** Whether it was put together from live objects, because the record was lost. */
  readonly rebuilt?: boolean;
  /** The artifact that was applied, with its digest; nothing when it was a directory. */
  readonly artifact?: string;
  /** What another tool had released, and this revision is: `Helm revision 7 (fraud-model-1.2.0)`. */
  readonly adopted?: string;
  /** The revision that a rollback went back to. */
  readonly of?: number;
  /** Why it failed; nothing when it did not. */
  readonly failure?: Failure;
  /** Displayed names of the objects that were put back as they were, the first 50. */
  readonly restored?: readonly string[];
  /** Objects not restored, when `failed`. */
  readonly left?: readonly string[];
  /** Where its manifests are; empty when it never was deployed. */
  readonly content: readonly string[];
}
