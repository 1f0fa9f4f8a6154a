import { fieldsAt, listAt, numberAt, textAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';
import type { Conflict, FieldChange, Plan, PlanAction } from '../release';
import { candidateDevices } from '../release/gate/candidate-workload';

/** Objects with the same change: those that only get another label are one entry. */
export interface PlanEntry {
  /** Display names, `Deployment/fraud-model`. */
  readonly objects: readonly string[];
  readonly action: PlanAction;
  /** Content of a new workload: `2 × registry/image:tag`. */
  readonly about?: string;
  /** Changes by field; Secret values are masked, server defaults are omitted. */
  readonly fields: readonly FieldChange[];
  readonly conflicts: readonly Conflict[];
  /** Why the API server could not dry-run it. */
  readonly unverified?: string;
}

/** Changes to the objects of one component. */
export interface PlanGroup {
  /** `model-server fraud-model`; `other` for objects without the labels. */
  readonly title: string;
  readonly entries: readonly PlanEntry[];
}

/** A gate in a plan. */
export interface PlannedGate {
  readonly name: string;
  readonly phase: string;
  readonly thresholds: string;
  /** Spare devices needed, `needs 1 spare nvidia.com/gpu`. */
  readonly needs: readonly string[];
}

/** A plan for display, in any format. */
export interface PlanView {
  readonly release: string;
  readonly namespace: string;
  readonly groups: readonly PlanGroup[];
  readonly counts: readonly (readonly [amount: number, action: PlanAction])[];
  /** Gates that must pass, `before: auc ≥ 0.92, latencyP99Ms ≤ 150`, and the devices that a candidate needs. */
  readonly gates: readonly PlannedGate[];
}

/** Who edited a field since the release: `edited by kubectl-edit since revision 11`. Undefined for a change in the manifests. */
export function editedText({ edited }: FieldChange): string | undefined {
  if (edited === undefined) return undefined;
  const since = edited.since === undefined ? '' : ` since revision ${edited.since}`;
  return `edited by ${edited.by}${since}; apply puts back what the manifests say`;
}

const ACTIONS = ['create', 'change', 'replace', 'delete', 'orphan', 'conflict', 'refused', 'unchanged'] as const;

/** Groups a plan by component. Unchanged objects are only counted. Pure; contains no Secret values. */
export function planView({ release, namespace, objects, gates }: Plan): PlanView {
  const groups = new Map<string, Map<string, PlanEntry>>();
  for (const { manifest, live, action, changes, conflicts, unverified, keptBy: kept, takesAlong } of objects) {
    const object = manifest ?? live;
    if (object === undefined || action === 'unchanged') continue;
    const about = action === 'create' ? aboutOf(object) : fateOf(kept, takesAlong);
    const entry: PlanEntry = {
      objects: [displayName(object)],
      action,
      ...(about === undefined ? {} : { about }),
      fields: action === 'change' || action === 'replace' ? changes : [],
      conflicts,
      ...(unverified === undefined ? {} : { unverified }),
    };
    const { objects: names, ...rest } = entry;
    // Objects without field changes stay separate: their names are the information.
    const key = entry.fields.length === 0 ? names.join() : JSON.stringify(rest);
    const group = groups.get(titleOf(object)) ?? new Map<string, PlanEntry>();
    const same = group.get(key);
    group.set(key, same === undefined ? entry : { ...entry, objects: [...same.objects, ...names] });
    groups.set(titleOf(object), group);
  }
  const counts = ACTIONS.map((action) => [objects.filter((object) => object.action === action).length, action] as const);
  return {
    release,
    namespace,
    groups: [...groups]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([title, entries]) => ({ title, entries: [...entries.values()] })),
    counts: counts.filter(([amount]) => amount > 0),
    gates: gates.map((gate) => {
      const { name, phase, thresholds } = gate;
      const needs = candidateDevices(gate, objects).map(([device, amount]) => `needs ${amount} spare ${device}`);
      return { name, phase, thresholds: thresholdsText(thresholds), needs };
    }),
  };
}

function fateOf(kept: string | undefined, takesAlong: readonly string[] | undefined): string | undefined {
  if (kept !== undefined) return `stays, by ${kept}`;
  return takesAlong === undefined ? undefined : `takes along ${takesAlong.join(', ')}`;
}

function titleOf({ metadata: { labels = {} } }: KubeObject): string {
  const parts = [labels['app.kubernetes.io/component'], labels['app.kubernetes.io/name']].filter((part) => part !== undefined);
  return [...new Set(parts)].join(' ') || 'other';
}

function aboutOf(object: KubeObject): string | undefined {
  const images = listAt(object, 'spec', 'template', 'spec', 'containers').map((container) => textAt(container, 'image') ?? '');
  if (images.length === 0) return undefined;
  const replicas = numberAt(object, 'spec', 'replicas');
  return `${replicas === undefined ? '' : `${replicas} × `}${images.join(', ')}`;
}

function thresholdsText(thresholds: object): string {
  return Object.keys(thresholds)
    .flatMap((metric) => {
      const bounds = fieldsAt(thresholds, metric);
      return [
        ...(typeof bounds.min === 'number' ? [`${metric} ≥ ${bounds.min}`] : []),
        ...(typeof bounds.max === 'number' ? [`${metric} ≤ ${bounds.max}`] : []),
      ];
    })
    .join(', ');
}
