import type { KubeObject } from '../../lib/kube/object';
import { type Mismatch, type Place, subsetMismatches } from '../../lib/testing/golden';

export type { Mismatch, Place } from '../../lib/testing/golden';

type Tree = Readonly<Record<string, unknown>>;

/**
 * A way in which a typed stack may differ, from `deviations.yaml`: whether it concerns a place, and whether what was rendered there
 * is what it allows.
 */
export interface Deviation {
  readonly id: string;
  readonly applies: (place: Place) => boolean;
  readonly accepts: (place: Place) => boolean;
}

/** How one rendered object falls short of a golden one, which is a subset of it. `used` collects the deviations that were needed. */
export function mismatches(
  golden: KubeObject,
  object: KubeObject,
  objects: readonly KubeObject[],
  deviations: readonly Deviation[],
  used = new Set<string>(),
): readonly Mismatch[] {
  return subsetMismatches(golden, object, objects, (place) => {
    const deviation = deviations.find((candidate) => candidate.applies(place) && candidate.accepts(place));
    if (deviation !== undefined) used.add(deviation.id);
    return deviation !== undefined;
  });
}

/** The value at a path as `matrix.yaml` writes it: dots, `["a.b/c"]`, `[name=x]`, `[0]`. */
export function valueAt(object: unknown, path: string): unknown {
  const steps = [...path.matchAll(/\["([^"]+)"\]|\[name=([^\]]+)\]|\[(\d+)\]|([^.[\]]+)/g)];
  return steps.reduce<unknown>((value, [, quoted, name, index, key]) => {
    if (value === undefined || value === null) return undefined;
    if (name !== undefined) return (value as readonly Tree[]).find((item) => item.name === name);
    return (value as Tree)[quoted ?? index ?? key ?? ''];
  }, object);
}
