import type { KubeObject } from '../kube/object';
import { sameQuantity } from '../kube/quantity';
import { type Objects, objectsOf } from './find';

/** Part of an object that must exist: its kind, and any other given fields. Lists of named items are compared by name. */
export interface GoldenObject {
  /** Group and version. */
  readonly apiVersion?: string;
  /** Kind. */
  readonly kind: string;
  /** Metadata; the name selects one of several objects of the kind. */
  readonly metadata?: { readonly name?: string; readonly [field: string]: unknown };
  readonly [field: string]: unknown;
}

/** A golden value that does not match. */
export interface Mismatch {
  /** Kind of mismatch. */
  readonly kind: string;
  /** Location. */
  readonly path: string;
  /** Expected value. */
  readonly golden: unknown;
  /** Rendered value. */
  readonly rendered: unknown;
}

/** A location where golden and rendered values differ. */
export interface Place extends Mismatch {
  readonly object: KubeObject;
  readonly objects: readonly KubeObject[];
}

type Tree = Readonly<Record<string, unknown>>;
const isTree = (value: unknown): value is Tree => typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Compares objects with golden ones, which are subsets of them. Quantities are compared by amount (`1` is `1000m`), and
 * a port number matches a port that the object gives by name. Returns an empty list if everything matches.
 */
export function goldenMismatches(golden: GoldenObject | readonly GoldenObject[], source: Objects): readonly Mismatch[] {
  const objects = objectsOf(source);
  const all: readonly GoldenObject[] = isMany(golden) ? golden : [golden];
  return all.flatMap((wanted) => {
    const { name } = wanted.metadata ?? {};
    const candidates = objects.filter(
      ({ apiVersion, kind, metadata }) =>
        kind === wanted.kind && (wanted.apiVersion ?? apiVersion) === apiVersion && (name ?? metadata.name) === metadata.name,
    );
    const results = candidates.map((object) => subsetMismatches(wanted, object, objects));
    const [best] = results.sort((a, b) => a.length - b.length);
    return best ?? [{ kind: wanted.kind, path: 'metadata.name', golden: name, rendered: undefined }];
  });
}

function isMany(golden: GoldenObject | readonly GoldenObject[]): golden is readonly GoldenObject[] {
  return Array.isArray(golden);
}

/** Mismatches between one object and a golden one. `accepts` may ignore differences. */
export function subsetMismatches(
  golden: unknown,
  object: KubeObject,
  objects: readonly KubeObject[],
  accepts: (place: Place) => boolean = () => false,
): readonly Mismatch[] {
  return new Comparison(object, objects, accepts).run(golden, object, '');
}

class Comparison {
  private readonly object: KubeObject;
  private readonly objects: readonly KubeObject[];
  private readonly accepts: (place: Place) => boolean;
  private readonly found: Mismatch[] = [];

  constructor(object: KubeObject, objects: readonly KubeObject[], accepts: (place: Place) => boolean) {
    [this.object, this.objects, this.accepts] = [object, objects, accepts];
  }

  run(wanted: unknown, actual: unknown, path: string): readonly Mismatch[] {
    this.compare(wanted, actual, path);
    return this.found;
  }

  private compare(wanted: unknown, actual: unknown, path: string): void {
    if (this.equal(wanted, actual, path)) return;
    const { object, objects } = this;
    const mismatch = { kind: object.kind, path, golden: wanted, rendered: actual };
    if (this.accepts({ ...mismatch, object, objects })) return;
    if (isTree(wanted) && isTree(actual)) {
      for (const [key, value] of Object.entries(wanted)) this.compare(value, actual[key], path === '' ? key : `${path}.${key}`);
    } else if (Array.isArray(wanted) && Array.isArray(actual)) this.compareLists(wanted, actual, path);
    else this.found.push(mismatch);
  }

  private compareLists(wanted: readonly unknown[], actual: readonly unknown[], path: string): void {
    const { object, objects } = this;
    if (wanted.every((item) => isTree(item) && typeof item.name === 'string')) {
      for (const item of wanted.filter(isTree)) {
        const same = actual.find((candidate) => isTree(candidate) && candidate.name === item.name);
        this.compare(item, same, `${path}[name=${item.name}]`);
      }
    } else if (wanted.every(isTree)) {
      wanted.forEach((item, index) => {
        const contained = actual.some(
          (candidate) => new Comparison(object, objects, () => false).run(item, candidate, '').length === 0,
        );
        // Compared for the message, and for ignored differences inside the item.
        if (!contained) this.compare(item, actual[index], `${path}[${index}]`);
      });
    } else this.found.push({ kind: object.kind, path, golden: wanted, rendered: actual });
  }

  private equal(wanted: unknown, actual: unknown, path: string): boolean {
    if (isScalar(wanted) && isScalar(actual)) {
      if (wanted === actual) return true;
      if (/(resources|storage)\b/.test(path)) return isAmount(wanted) && isAmount(actual) && sameQuantity(wanted, actual);
      return /(port|targetPort)$/.test(path) && this.namedPort(actual) === wanted;
    }
    const flat = Array.isArray(wanted) && Array.isArray(actual) && wanted.every(isScalar);
    return flat && JSON.stringify(wanted) === JSON.stringify(actual);
  }

  /** Number that a container of any object declares for a port name. */
  private namedPort(name: unknown): number | undefined {
    for (const candidate of [this.object, ...this.objects]) {
      const match = new RegExp(`"containerPort":(\\d+),"name":"${String(name)}"`).exec(JSON.stringify(candidate));
      if (match !== null) return Number(match[1]);
    }
    return undefined;
  }
}

function isScalar(value: unknown): boolean {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function isAmount(value: unknown): value is string | number {
  return typeof value === 'string' || typeof value === 'number';
}
