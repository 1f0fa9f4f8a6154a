import type { PlannedStep } from '../../canary/plan';
import type { Split } from '../../canary/share';
import type { Strategy } from '../../canary/strategy';
import type { Problem } from '../../errors/problem';
import type { CanaryCommand, GatePhase } from '../../kube/contract';
import type { CanaryStep } from './canary-step';
import type { Outcome } from './outcome';
import type { Plan } from './plan';
import type { PodState } from './pod-state';
import type { Failure, GateEvidence, Revision } from './revision';

/** What happens during a release, as it happens. Objects appear by display name, `Deployment/fraud-model`. */
export type ReleaseEvent =
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'warning'; readonly problem: Problem }
  | { readonly type: 'waiting-for-lock'; readonly holder: string }
  | {
      /** An interrupted release is about to be recovered. */
      readonly type: 'recovering';
      /** The interrupted revision. */
      readonly revision: number;
      /** Who started it. */
      readonly by: string;
      /** Whether it is rolled back, or finished because it was ready. */
      readonly how: 'rollback' | 'finish';
      /** What happens to each object; `leave`: the record requests something that the live object does not support. */
      readonly steps: readonly {
        readonly object: string;
        readonly action: 'delete' | 'orphan' | 'restore' | 'recreate' | 'leave';
        readonly reason?: string;
      }[];
    }
  | { readonly type: 'started'; readonly revision: number; readonly action: Revision['action'] }
  | { readonly type: 'gate-started'; readonly gate: string; readonly phase: GatePhase; readonly attempt: number }
  | { readonly type: 'gate-lost'; readonly gate: string; readonly reason: string }
  | { readonly type: 'gate-judged'; readonly evidence: GateEvidence }
  | {
      /** A candidate starts alongside the stable version. */
      readonly type: 'canary-started';
      /** The workload, `Deployment/fraud-model`. */
      readonly workload: string;
      /** Kind of strategy. */
      readonly strategy: Strategy['type'];
      /** What determines the share. */
      readonly split: Split;
      /** The steps that will run. */
      readonly steps: readonly PlannedStep[];
    }
  | {
      /** The candidate has received its share of requests. */
      readonly type: 'canary-step';
      readonly workload: string;
      /** Which step it is, from 1. */
      readonly number: number;
      /** How many steps there are. */
      readonly of: number;
      /** Percent that the strategy requests. */
      readonly percent: number;
      /** Percent of requests that reach the candidate. */
      readonly share: number;
      /** Pods of the candidate. */
      readonly replicas: number;
      /** How long the step will last. */
      readonly holdMs: number;
    }
  | {
      /** A step is extended because too little was measured. */
      readonly type: 'canary-inconclusive';
      readonly workload: string;
      /** What is missing. */
      readonly reason: string;
      /** How much longer it may continue. */
      readonly leftMs: number;
    }
  | { readonly type: 'canary-command'; readonly workload: string; readonly command: CanaryCommand }
  | { readonly type: 'canary-judged'; readonly step: CanaryStep }
  | {
      /** Objects about to be written; the next wave starts when they are ready. */
      readonly type: 'wave';
      /** Which wave it is, from 1. */
      readonly number: number;
      /** How many waves there are. */
      readonly of: number;
      /** The objects of the wave. */
      readonly objects: readonly string[];
      /** How long they may go without progress before the release fails. */
      readonly patienceMs?: number;
    }
  | { readonly type: 'written'; readonly object: string; readonly action: 'create' | 'change' | 'replace' | 'delete' | 'orphan' }
  | { readonly type: 'progress'; readonly object: string; readonly message: string }
  | {
      /** The state of a pod has changed. */
      readonly type: 'pod';
      /** The object that creates it. */
      readonly object: string;
      /** Its state. */
      readonly pod: PodState;
      /** The gate that waits for it: the pod of its Job, or of its candidate. Only what keeps it from starting is reported. */
      readonly gate?: string;
    }
  | { readonly type: 'ready'; readonly object: string }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'rolling-back'; readonly objects: number }
  | { readonly type: 'restored'; readonly object: string };

/** The result of a verb that makes changes. */
export interface ReleaseResult {
  /** The outcome; `EXIT_CODES` has a code for each. */
  readonly outcome: Outcome;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The revision it created; absent when it created none. */
  readonly revision?: Revision;
  /** Why it was refused, or failed. */
  readonly problems: readonly Problem[];
}
