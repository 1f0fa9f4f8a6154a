import type { KubeObject } from '../../lib/kube/object';
import { sameQuantity } from '../../lib/kube/quantity';

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/** One golden value that is not met. */
export interface Mismatch {
  readonly kind: string;
  readonly path: string;
  readonly golden: unknown;
  readonly rendered: unknown;
}

/**
 * A way in which a typed stack may differ, from `deviations.yaml`: whether it concerns a place, and whether what was rendered there
 * is what it allows.
 */
export interface Deviation {
  readonly id: string;
  readonly applies: (place: Place) => boolean;
  readonly accepts: (place: Place) => boolean;
}

/** A place where golden and rendered differ. */
export interface Place {
  readonly kind: string;
  readonly path: string;
  readonly golden: unknown;
  readonly rendered: unknown;
  readonly object: KubeObject;
  readonly objects: readonly KubeObject[];
}

/** How one rendered object falls short of a golden one, which is a subset of it. `used` collects the deviations that were needed. */
export function mismatches(
  golden: KubeObject,
  object: KubeObject,
  objects: readonly KubeObject[],
  deviations: readonly Deviation[],
  used = new Set<string>(),
): readonly Mismatch[] {
  const found: Mismatch[] = [];
  compare(golden, object, '');
  return found;

  function compare(wanted: unknown, actual: unknown, path: string): void {
    if (equal(wanted, actual, path)) return;
    const place: Place = { kind: object.kind, path, golden: wanted, rendered: actual, object, objects };
    const deviation = deviations.find((candidate) => candidate.applies(place) && candidate.accepts(place));
    if (deviation !== undefined) used.add(deviation.id);
    else if (isTree(wanted) && isTree(actual)) {
      for (const [key, value] of Object.entries(wanted)) compare(value, actual[key], path === '' ? key : `${path}.${key}`);
    } else if (Array.isArray(wanted) && Array.isArray(actual)) compareLists(wanted, actual, path);
    else found.push({ kind: object.kind, path, golden: wanted, rendered: actual });
  }

  function compareLists(wanted: readonly unknown[], actual: readonly unknown[], path: string): void {
    if (wanted.every((item) => isTree(item) && typeof item.name === 'string')) {
      for (const item of wanted as readonly Tree[]) {
        const same = actual.find((candidate) => isTree(candidate) && candidate.name === item.name);
        compare(item, same, `${path}[name=${item.name}]`);
      }
    } else if (wanted.every(isTree)) {
      wanted.forEach((item, index) => {
        const contained = actual.some(
          (candidate) => mismatches(item as unknown as KubeObject, candidate as KubeObject, objects, [], used).length === 0,
        );
        // Compared for the message, and for deviations inside the item.
        if (!contained) compare(item, actual[index], `${path}[${index}]`);
      });
    } else found.push({ kind: object.kind, path, golden: wanted, rendered: actual });
  }

  function equal(wanted: unknown, actual: unknown, path: string): boolean {
    if (isScalar(wanted) && isScalar(actual)) {
      if (wanted === actual) return true;
      if (/(resources|storage)\b/.test(path)) return sameQuantity(wanted as string, actual as string);
      return /(port|targetPort)$/.test(path) && namedPort(actual, object) === wanted;
    }
    return (
      Array.isArray(wanted) &&
      Array.isArray(actual) &&
      wanted.every(isScalar) &&
      JSON.stringify(wanted) === JSON.stringify(actual)
    );
  }

  /** The number that a container or another object's container declares under a port's name. */
  function namedPort(name: unknown, within: KubeObject): number | undefined {
    for (const candidate of [within, ...objects]) {
      const match = new RegExp(`"containerPort":(\\d+),"name":"${String(name)}"`).exec(JSON.stringify(candidate));
      if (match !== null) return Number(match[1]);
    }
    return undefined;
  }
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
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
