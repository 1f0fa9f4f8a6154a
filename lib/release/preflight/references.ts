import type { Problem } from '../../errors/problem';
import { numberAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { isTemplatedClaim, madeByOthers, servicesMadeBy } from '../../kube/providers';
import { changesOf, type Plan } from '../model/plan';
import { type Reference, referencesOf } from './object-references';

/** A prerequisite in the cluster for an object of the plan. */
export interface Wanted extends Reference {
  /** The object that refers to it. */
  readonly subject: string;
  /** Number of pods that the object runs. */
  readonly pods: number;
}

/** Definite and possible problems with the references of a plan. */
export interface Looked {
  readonly problems: readonly Problem[];
  readonly warnings: readonly Problem[];
}

/**
 * References of a plan's changed objects and gates that the plan does not provide: without those that another of its objects
 * creates at run time, and without optional ones.
 */
export function wantedOf(planned: Plan): readonly Wanted[] {
  const staying = planned.objects.flatMap(({ action, manifest }) =>
    manifest === undefined || action === 'delete' ? [] : manifest,
  );
  const gates = planned.gates.flatMap(({ job, support }) => [job, ...support]);
  const brought = [...staying, ...gates];
  const here = new Map(brought.map((object) => [placeOf(object.kind, object.metadata.namespace, object.metadata.name), object]));
  const made = new Set([...madeByOthers(brought), ...brought.flatMap(servicesMadeBy).map(({ metadata }) => metadata.name)]);
  const changed = changesOf(planned).flatMap(({ manifest, action }) =>
    manifest === undefined || action === 'refused' ? [] : manifest,
  );
  return [...changed, ...gates].flatMap((object) => {
    const namespace = object.metadata.namespace ?? planned.namespace;
    return referencesOf(object, namespace).flatMap((one): readonly Wanted[] => {
      const there = here.get(placeOf(one.kind, one.namespace, one.name));
      // Server-side apply keeps keys that other clients added, so only a new object is known to lack one.
      if (there !== undefined) return [];
      if (MADE.has(one.kind) && made.has(one.name)) return [];
      if (one.kind === 'PersistentVolumeClaim' && isTemplatedClaim(one.name, brought)) return [];
      if (one.kind === 'StorageClass' && providesVolumes(brought, one.name)) return [];
      return [{ ...one, subject: displayName(object), pods: podsKept(object) }];
    });
  });
}

/** Kinds that programs and operators create for other objects. */
const MADE = new Set(['Secret', 'ConfigMap', 'PersistentVolumeClaim', 'ServiceAccount', 'Service']);

/** The number of pods a workload always has; one where unknown. */
function podsKept(object: KubeObject): number {
  return ['Deployment', 'StatefulSet', 'ReplicaSet'].includes(object.kind) ? (numberAt(object, 'spec', 'replicas') ?? 1) : 1;
}

function placeOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}

/** A class without a provisioner exists through the volumes that name it. */
function providesVolumes(objects: readonly KubeObject[], name: string): boolean {
  return objects.some(({ kind, spec }) => kind === 'PersistentVolume' && textAt(spec, 'storageClassName') === name);
}
