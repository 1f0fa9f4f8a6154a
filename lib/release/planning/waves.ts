import { WAVE_ANNOTATION } from '../../kube/contract';
import { kindInfo } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';

/** Objects that are written together; the next wave waits until they are ready, the next stage only until they exist. */
export interface Wave<T> {
  readonly stages: readonly (readonly T[])[];
}

/** A kind not in the table is a custom resource: after the workloads that may serve it. */
const UNKNOWN_ORDER = 30;

/** Groups objects by their wave annotation, and within a wave by the order of their kinds. */
export function wavesOf<T>(items: readonly T[], objectOf: (item: T) => KubeObject): readonly Wave<T>[] {
  const waves = grouped(items, (item) => Number(objectOf(item).metadata.annotations?.[WAVE_ANNOTATION] ?? 0) || 0);
  return waves.map((wave) => ({ stages: grouped(wave, (item) => orderOf(objectOf(item))) }));
}

/** The position of an object's kind in creation order; deletion uses the reverse. */
export function orderOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly aggregationRule?: unknown;
}): number {
  const order = kindInfo(object)?.order ?? UNKNOWN_ORDER;
  // Deleted before its parts: its controller reapplies the remaining rules whenever a part is deleted, and could recreate it.
  return object.aggregationRule === undefined ? order : order + 1;
}

/** Groups items by a number, lowest first. */
export function grouped<T>(items: readonly T[], rank: (item: T) => number): readonly (readonly T[])[] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const found = groups.get(rank(item));
    if (found) found.push(item);
    else groups.set(rank(item), [item]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
