import { displayName, type KubeObject } from '../kube/object';
import { at, type Fields, fieldsAt, listAt, numberAt, textAt } from './json';
import { changesOf, type Plan } from './plan';
import { add, type Quantities, quantitiesOf } from './quantity';

/** The pods that a rollout needs at its worst moment. */
export interface Demand {
  /** `Deployment/fraud-model`. */
  readonly subject: string;
  readonly namespace: string;
  /** Labels by which the workload finds its own pods. */
  readonly own: Fields;
  /** Labels and spec of the new pods. */
  readonly labels: Fields;
  readonly spec: Fields;
  /** What one pod requests, and may use at most. */
  readonly requests: Quantities;
  readonly limits: Quantities;
  /** Pods that there are to be in the end. */
  readonly replicas: number;
  /** Pods there have to be beside those that there are now. */
  readonly extra: number;
  /** Whether one has to be ready before an old one may go (`maxUnavailable` comes to 0). */
  readonly mustSurge: boolean;
}

/** The demands of all workloads whose pods a plan makes or replaces. */
export function demandsOf(planned: Plan): readonly Demand[] {
  return changesOf(planned).flatMap(({ manifest, live, action, changes }) => {
    if (manifest === undefined || action === 'conflict' || action === 'refused') return [];
    const replaced = changes.some(({ path }) => path.startsWith('spec.template'));
    return demandOf(manifest, action === 'replace' ? undefined : live, replaced) ?? [];
  });
}

function demandOf(manifest: KubeObject, live: KubeObject | undefined, replaced: boolean): Demand | undefined {
  if (manifest.kind !== 'Deployment' && manifest.kind !== 'StatefulSet') return undefined;
  const template = fieldsAt(manifest, 'spec', 'template');
  const before = live && numberAt(live, 'spec', 'replicas');
  const replicas = numberAt(manifest, 'spec', 'replicas') ?? before ?? 1;
  const rolling = live !== undefined && manifest.kind === 'Deployment' && replaced;
  const mustSurge = rolling && unavailableOf(manifest, replicas) === 0;
  const extra = Math.max(0, replicas - (before ?? 0)) + (mustSurge && replicas > 0 ? 1 : 0);
  if (!rolling && extra === 0) return undefined;
  const spec = fieldsAt(template, 'spec');
  const resources = (kind: string) => sumOf(spec, kind);
  return {
    subject: displayName(manifest),
    namespace: manifest.metadata.namespace ?? '',
    own: fieldsAt(manifest, 'spec', 'selector', 'matchLabels'),
    labels: fieldsAt(template, 'metadata', 'labels'),
    spec,
    requests: { ...resources('limits'), ...resources('requests') }, // a limit without a request is the request
    limits: resources('limits'),
    replicas,
    extra,
    mustSurge,
  };
}

/** How many pods may be missing during the rollout, as the Deployment controller rounds it. */
function unavailableOf(manifest: KubeObject, replicas: number): number {
  if (textAt(manifest, 'spec', 'strategy', 'type') === 'Recreate') return replicas;
  const value = at(manifest, 'spec', 'strategy', 'rollingUpdate', 'maxUnavailable') ?? '25%';
  if (typeof value === 'number') return value;
  return Math.floor((Number.parseInt(String(value), 10) / 100) * replicas);
}

function sumOf(spec: Fields, kind: string): Quantities {
  const each = (field: string) => listAt(spec, field).map((container) => quantitiesOf(fieldsAt(container, 'resources', kind)));
  const together = each('containers').reduce(add, {});
  // Init containers run one after the other, before the others.
  const alone = each('initContainers');
  const names = new Set([together, ...alone].flatMap((one) => Object.keys(one)));
  return Object.fromEntries(
    [...names].map((name) => [name, Math.max(together[name] ?? 0, ...alone.map((one) => one[name] ?? 0))]),
  );
}
