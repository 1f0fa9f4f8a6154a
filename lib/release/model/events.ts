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

/** What happens during a release, as it happens. Objects are given by their displayed names, `Deployment/fraud-model`. */
export type ReleaseEvent =
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'warning'; readonly problem: Problem }
  | { readonly type: 'waiting-for-lock'; readonly holder: string }
  | {
      /** An interrupted release is about to be settled. */
      readonly type: 'recovering';
      /** The interrupted revision. */
      readonly revision: number;
      /** Who had started it. */
      readonly by: string;
      /** Whether it is rolled back, or finished because it was ready. */
      readonly how: 'rollback' | 'finish';
      /** What becomes of which object; `leave`: the record asks for something that the live object does not support. */
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
      /** A candidate comes up next to the stable version. */
      readonly type: 'canary-started';
      /** The workload, `Deployment/fraud-model`. */
      readonly workload: string;
      /** Kind of strategy. */
      readonly strategy: Strategy['type'];
      /** What decides on the share. */
      readonly split: Split;
      /** The steps that will run. */
      readonly steps: readonly PlannedStep[];
    }
  | {
      /** The candidate has got its share of the requests. */
      readonly type: 'canary-step';
      readonly workload: string;
      /** Which step it is, from 1. */
      readonly number: number;
      /** How many steps there are. */
      readonly of: number;
      /** Percent that the strategy asks for. */
      readonly percent: number;
      /** Percent of the requests that reach the candidate. */
      readonly share: number;
      /** Pods of the candidate. */
      readonly replicas: number;
      /** How long the step is going to last. */
      readonly holdMs: number;
    }
  | {
      /** A step goes on, because too little was measured. */
      readonly type: 'canary-inconclusive';
      readonly workload: string;
      /** What is missing. */
      readonly reason: string;
      /** How long it may still go on. */
      readonly leftMs: number;
    }
  | { readonly type: 'canary-command'; readonly workload: string; readonly command: CanaryCommand }
  | { readonly type: 'canary-judged'; readonly step: CanaryStep }
  | {
      /** Objects that are going to be written now; the next wave begins when these are ready. */
      readonly type: 'wave';
      /** Which wave it is, from 1. */
      readonly number: number;
      /** How many waves there are. */
      readonly of: number;
      /** The objects of the wave. */
      readonly objects: readonly string[];
      /** How long they may go without any progress before they are given up. */
      readonly patienceMs?: number;
    }
  | { readonly type: 'written'; readonly object: string; readonly action: 'create' | 'change' | 'replace' | 'delete' | 'orphan' }
  | { readonly type: 'progress'; readonly object: string; readonly message: string }
  | { readonly type: 'pod'; readonly object: string; readonly pod: PodState }
  | { readonly type: 'ready'; readonly object: string }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'rolling-back'; readonly objects: number }
  | { readonly type: 'restored'; readonly object: string };

/** How a verb that changes something ended. */
export interface ReleaseResult {
  /** In one word; `EXIT_CODES` has a code for each. */
  readonly outcome: Outcome;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The revision it made; absent when it made none. */
  readonly revision?: Revision;
  /** Why it was refused, or failed. */
  readonly problems: readonly Problem[];
}
