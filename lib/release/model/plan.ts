import type { CanaryPlan } from '../../canary/plan';
import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Gate } from '../../manifests/gates';
import type { ChangeCounts } from './revision';

/** A field that another manager set to another value. */
export interface Conflict {
  /** Path of the field, `spec.template.spec.containers[name=server].image`. */
  readonly field: string;
  /** The manager of the field. */
  readonly manager: string;
}

/** Treatment of other managers' fields, by path as the conflict or the API server writes it. All others are refused. */
export interface FieldPolicy {
  /** Fields to take; `*` takes all. @default - none */
  readonly force?: readonly string[];
  /** Fields to leave to their managers. @default - none */
  readonly ignore?: readonly string[];
}

/** One field that differs. A side is absent when it does not have the field. */
export interface FieldChange {
  /** `spec.template.spec.containers[name=server].image`. */
  readonly path: string;
  /** The current value; absent for an addition. */
  readonly from?: unknown;
  /** The new value; absent for a removal. */
  readonly to?: unknown;
  /** The field manager that set the field since the deployed revision. @default - the change comes from the manifests */
  readonly edited?: { readonly by: string; readonly since?: number };
}

/** What happens to an object: `orphan` releases and keeps it; `conflict` and `refused` stop the release before any change. */
export type PlanAction = 'create' | 'change' | 'replace' | 'delete' | 'orphan' | 'unchanged' | 'conflict' | 'refused';

/** What will happen to one object, and its state when planned. */
export interface PlannedObject {
  /** Its identifier in this plan. */
  readonly key: string;
  /** What happens to it. */
  readonly action: PlanAction;
  /** What will be applied; absent for deletions. */
  readonly manifest?: KubeObject;
  /** The current object. */
  readonly live?: KubeObject;
  /** Changed fields; values of Secrets are masked. */
  readonly changes: readonly FieldChange[];
  /** Fields that other managers own and that will be taken (`conflict`: that will not). */
  readonly conflicts: readonly Conflict[];
  /** Why the API server could not try it, if so. */
  readonly unverified?: string;
  /** The annotation that keeps an orphan. */
  readonly keptBy?: string;
  /** What the cluster deletes along with it, where known: objects of a CRD, in a namespace, or with it as owner. */
  readonly takesAlong?: readonly string[];
  /** The existing object that is being deleted; the release waits for it. */
  readonly terminating?: KubeObject;
  /** For an HPA: the ScaledObject that took it over, leaves the release, and gives the HPA up first. */
  readonly heldBy?: KubeObject;
  /** Whether it is adopted, and its former managers' fields are taken over. */
  readonly takesOver?: boolean;
}

/** What a release would change. */
export interface Plan {
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Binds gates, and a saved plan, to exactly this plan: manifests, actions, and the previous fields. */
  readonly digest: string;
  /** All objects, including unchanged ones. */
  readonly objects: readonly PlannedObject[];
  /** The gates that must pass. */
  readonly gates: readonly Gate[];
  /** How traffic is shifted to new versions before the waves. @default - pods are replaced at once */
  readonly canaries?: readonly CanaryPlan[];
  /** Why it cannot be applied. */
  readonly problems: readonly Problem[];
}

export interface PlanOptions extends FieldPolicy {
  /** Whether to delete and recreate objects where a field cannot be changed. @default false */
  readonly allowReplace?: boolean;
  /** Whether to take over existing objects that belong to no release, or to another tool's. @default false */
  readonly adopt?: boolean;
  /** Whether to replace pods at once even if a workload has a strategy. @default false */
  readonly skipCanary?: boolean;
  /** Whether to delete PVCs, volumes, storage classes, namespaces and CRDs that the manifests no longer have. @default false */
  readonly pruneData?: boolean;
  /** Whether PVCs larger than their manifests keep their size, as in a rollback to an earlier revision. @default false */
  readonly keepSize?: boolean;
}

/** The objects that a plan changes. */
export function changesOf(planned: Plan): readonly PlannedObject[] {
  return planned.objects.filter(({ action }) => action !== 'unchanged');
}

/** The number of objects per action. */
export function countsOf(planned: Plan): ChangeCounts {
  const count = (action: PlanAction) => planned.objects.filter((object) => object.action === action).length;
  return { create: count('create'), change: count('change'), replace: count('replace'), delete: count('delete') };
}
