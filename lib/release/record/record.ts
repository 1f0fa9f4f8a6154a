import type { NamedObject } from '../../client/api';
import type { Problem } from '../../errors/problem';
import type { GatePhase } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import type { JudgedMetric } from '../gate/evidence';
import { isFields } from '../json';
import type { RevisionState } from '../model/outcome';
import type { CanaryStep } from '../strategy/evidence';

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
  /** Objects that are deleted and created anew. */
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
  readonly action: 'install' | 'upgrade' | 'rollback' | 'uninstall';
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

/** One object of a deployed revision. */
export interface RecordedObject {
  /** As applied; the values of a Secret are not in it. */
  readonly manifest: KubeObject;
  readonly uid?: string;
  /** Digest of the manifest. Absent for Secrets. */
  readonly digest?: string;
  /** Digest of what this tool owned in the object afterwards. */
  readonly owned?: string;
}

/** The manifests of a deployed revision. */
export interface Content {
  readonly v: 1;
  readonly objects: readonly RecordedObject[];
  /** Gate Jobs and what belongs to them. */
  readonly gates: readonly { readonly manifest: KubeObject }[];
}

/** A kind in a namespace that objects of the release are or may be in. */
export interface KindPlace {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

/** One write that is going to happen, with what is there before. */
export interface JournalStep {
  readonly action: 'create' | 'change' | 'replace' | 'delete' | 'orphan';
  readonly object: NamedObject;
  /** The object before, with the ownership of its fields. A Secret's is kept beside the record. */
  readonly before?: KubeObject;
}

/** Work under way: enough to undo or to finish it for whoever comes next. */
export interface Journal {
  readonly revision: Revision;
  /** `apply`: can be undone. `finish`: all is ready and judged; only deletions remain. */
  readonly phase: 'apply' | 'finish';
  readonly steps: readonly JournalStep[];
  /** Label value of the temporary objects of this run: gate Jobs, what they need, a candidate pod. */
  readonly run: string;
  /** Kinds and namespaces of temporary objects. */
  readonly temporary: readonly KindPlace[];
  /** Digest of the Secrets kept beside the record. @default - none are kept */
  readonly aside?: string;
}

/** The head of a release's record: all that changes, in one object, so that each change is one compare-and-swap. */
export interface Head {
  /** Version of the format. */
  readonly v: 1;
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Fencing number of the lock under which it was written. */
  readonly fence: number;
  /** Oldest first. */
  readonly revisions: readonly Revision[];
  /** Where objects of the release are, or were being written. */
  readonly kinds: readonly KindPlace[];
  /** Work under way; nothing between releases. */
  readonly journal?: Journal;
}

/** Whether the last release failed and was not fully restored: equal manifests then prove nothing. */
export function lastFailed(head: Head | undefined): boolean {
  return head?.revisions.at(-1)?.state === 'failed';
}

/** kubectl keeps what it has applied in here, the values of Secrets too. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A Secret without its values; every other object as it is. */
export function redact(object: KubeObject): KubeObject {
  if (object.kind !== 'Secret') return object;
  const hidden: Record<string, unknown> = { ...object };
  for (const field of ['data', 'stringData']) {
    const values = object[field];
    if (isFields(values)) hidden[field] = Object.fromEntries(Object.keys(values).map((key) => [key, '']));
  }
  const { apiVersion, kind, metadata } = object;
  const { [LAST_APPLIED]: _values, ...annotations } = metadata.annotations ?? {};
  return { ...hidden, apiVersion, kind, metadata: metadata.annotations === undefined ? metadata : { ...metadata, annotations } };
}

/** The revision that is in the cluster, if any. */
export function deployedOf(head: Head | undefined): Revision | undefined {
  return head?.revisions.findLast(({ state }) => state === 'deployed');
}
