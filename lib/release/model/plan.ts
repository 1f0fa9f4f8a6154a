import type { CanaryPlan } from '../../canary/plan';
import type { Problem } from '../../errors/problem';
import type { KubeObject } from '../../kube/object';
import type { Gate } from '../../manifests/gates';
import type { ChangeCounts } from './revision';

/** A field that another manager has set to another value. */
export interface Conflict {
  /** Path of the field, `spec.template.spec.containers[name=server].image`. */
  readonly field: string;
  /** Who manages the field. */
  readonly manager: string;
}

/** Treatment of fields of other managers, by the field's path as the conflict names it, or as the API server writes it. All others are refused. */
export interface FieldPolicy {
  /** Fields to take; `*` takes all. @default - none */
  readonly force?: readonly string[];
  /** Fields to leave to their managers. @default - none */
  readonly ignore?: readonly string[];
}

/** One field that differs. A side is absent when the field is not there. */
export interface FieldChange {
  /** `spec.template.spec.containers[name=server].image`. */
  readonly path: string;
  /** What is there; nothing for an addition. */
  readonly from?: unknown;
  /** What will be there; nothing for a removal. */
  readonly to?: unknown;
  /** The field manager that has set the field since the deployed revision. @default - the change is the manifests' own */
  readonly edited?: { readonly by: string; readonly since?: number };
}

/** What becomes of an object: `orphan` lets it go and leaves it there; `conflict` and `refused` stop the release before any change. */
export type PlanAction = 'create' | 'change' | 'replace' | 'delete' | 'orphan' | 'unchanged' | 'conflict' | 'refused';

/** What is going to happen to one object, and what was seen of it. */
export interface PlannedObject {
  /** What identifies it in this plan. */
  readonly key: string;
  /** What becomes of it. */
  readonly action: PlanAction;
  /** What will be applied; absent for deletions. */
  readonly manifest?: KubeObject;
  /** What is there now. */
  readonly live?: KubeObject;
  /** Field by field; values of Secrets are masked. */
  readonly changes: readonly FieldChange[];
  /** Fields that others own, and that are going to be taken (`conflict`: that are not). */
  readonly conflicts: readonly Conflict[];
  /** Why the API server could not try it, when it could not. */
  readonly unverified?: string;
  /** The annotation by which an orphan stays. */
  readonly keptBy?: string;
  /** What the cluster deletes along with it, as far as it is known: objects of a definition, in a namespace, or that have it as owner. */
  readonly takesAlong?: readonly string[];
  /** What is there and being deleted; it is waited for. */
  readonly terminating?: KubeObject;
  /** An HPA: the ScaledObject that has taken it over, leaves the release, and lets go of it before. */
  readonly heldBy?: KubeObject;
  /** Whether it is adopted, and the fields of its former managers are taken over. */
  readonly takesOver?: boolean;
}

/** What a release would change. */
export interface Plan {
  /** The release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** Binds gates, and a saved plan, to exactly this: manifests, actions, and the fields that were there. */
  readonly digest: string;
  /** Every object, also those that stay as they are. */
  readonly objects: readonly PlannedObject[];
  /** The gates that have to pass. */
  readonly gates: readonly Gate[];
  /** How traffic is shifted to new versions before the waves. @default - pods are replaced at once */
  readonly canaries?: readonly CanaryPlan[];
  /** Why it cannot be carried out. */
  readonly problems: readonly Problem[];
}

export interface PlanOptions extends FieldPolicy {
  /** Delete and recreate where a field cannot be changed. @default false */
  readonly allowReplace?: boolean;
  /** Take over objects that exist and belong to no release, or to another tool's. @default false */
  readonly adopt?: boolean;
  /** Whether to replace pods at once where a workload has a strategy. @default false */
  readonly skipCanary?: boolean;
  /** Delete claims, volumes, storage classes, namespaces and definitions that are gone from the manifests. @default false */
  readonly pruneData?: boolean;
  /** Whether claims that are larger than their manifests keep their size, as on the way back to an earlier revision. @default false */
  readonly keepSize?: boolean;
}

/** Whether a plan changes anything. */
export function changesOf(planned: Plan): readonly PlannedObject[] {
  return planned.objects.filter(({ action }) => action !== 'unchanged');
}

/** How many objects get which action. */
export function countsOf(planned: Plan): ChangeCounts {
  const count = (action: PlanAction) => planned.objects.filter((object) => object.action === action).length;
  return { create: count('create'), change: count('change'), replace: count('replace'), delete: count('delete') };
}
