import { WAVE_ANNOTATION } from '../../kube/contract';
import { kindInfo } from '../../kube/kinds';
import type { KubeObject } from '../../kube/object';

/** Objects that are written together; the next wave has to wait for them to be ready, the next stage only for them to exist. */
export interface Wave<T> {
  readonly stages: readonly (readonly T[])[];
}

/** A kind that the table does not have is a custom resource: after the workloads that may serve it. */
const UNKNOWN_ORDER = 30;

/** Groups objects by their wave annotation, and inside a wave by the order of their kinds. */
export function wavesOf<T>(items: readonly T[], objectOf: (item: T) => KubeObject): readonly Wave<T>[] {
  const waves = grouped(items, (item) => Number(objectOf(item).metadata.annotations?.[WAVE_ANNOTATION] ?? 0) || 0);
  return waves.map((wave) => ({ stages: grouped(wave, (item) => orderOf(objectOf(item))) }));
}

/** Place of an object's kind in the order of creation; deletion goes the other way. */
export function orderOf(object: {
  readonly apiVersion: string;
  readonly kind: string;
  readonly aggregationRule?: unknown;
}): number {
  const order = kindInfo(object)?.order ?? UNKNOWN_ORDER;
  // Deleted before its parts: its controller applies the rest of its rules whenever a part goes, and so could recreate it.
  return object.aggregationRule === undefined ? order : order + 1;
}

/** Items by a number that each has, lowest first. */
export function grouped<T>(items: readonly T[], rank: (item: T) => number): readonly (readonly T[])[] {
  const groups = new Map<number, T[]>();
  for (const item of items) {
    const found = groups.get(rank(item));
    if (found) found.push(item);
    else groups.set(rank(item), [item]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
