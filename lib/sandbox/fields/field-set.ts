import { isObj } from '../../api-schema/json';
import type { Obj, Value } from '../../kube/fields';

/**
 * A set of field paths as a tree. Steps use the syntax of `fieldsV1`: `f:name` is a field, `k:{…}` an item of a keyed list,
 * `v:…` an item of a set. `self`: whether the path up to here is itself a member.
 */
export class FieldSet {
  self: boolean;
  readonly kids: Map<string, FieldSet>;

  constructor(self = false, kids: Map<string, FieldSet> = new Map()) {
    this.self = self;
    this.kids = kids;
  }

  /** Returns the subtree of a step; creates it if necessary. */
  kid(step: string): FieldSet {
    let found = this.kids.get(step);
    if (found === undefined) {
      found = new FieldSet();
      this.kids.set(step, found);
    }
    return found;
  }

  /** Whether there are no members. */
  isEmpty(): boolean {
    if (this.self) return false;
    for (const kid of this.kids.values()) if (!kid.isEmpty()) return false;
    return true;
  }

  /** All members as lists of steps; on each level first the members, then their descendants, in the server's order. */
  *paths(prefix: readonly string[] = []): Generator<readonly string[]> {
    const kids = [...this.kids].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [step, kid] of kids) if (kid.self) yield [...prefix, step];
    for (const [step, kid] of kids) yield* kid.paths([...prefix, step]);
  }
}

type Rule = (a: boolean, b: boolean) => boolean;

function combine(a: FieldSet | undefined, b: FieldSet | undefined, rule: Rule): FieldSet {
  const result = new FieldSet(rule(a?.self === true, b?.self === true));
  for (const [step, kid] of a?.kids ?? []) put(result, step, combine(kid, b?.kids.get(step), rule));
  for (const [step, kid] of b?.kids ?? []) if (a?.kids.has(step) !== true) put(result, step, combine(undefined, kid, rule));
  return result;
}

function put(set: FieldSet, step: string, kid: FieldSet): void {
  if (kid.self || kid.kids.size > 0) set.kids.set(step, kid);
}

/** Members of either set. */
export const union = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x || y);
/** Members of both sets. */
export const intersection = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && y);
/** Members of the first set that are not, path by path, in the second. */
export const difference = (a: FieldSet, b: FieldSet): FieldSet => combine(a, b, (x, y) => x && !y);

/** The set without anything at or below the given paths. */
export function without(set: FieldSet, paths: readonly (readonly string[])[]): FieldSet {
  let result = set;
  for (const path of paths) result = cut(result, path);
  return result;
}

function cut(set: FieldSet, [step, ...rest]: readonly string[]): FieldSet {
  const kid = step === undefined ? undefined : set.kids.get(step);
  if (step === undefined || kid === undefined) return set;
  const kids = new Map(set.kids);
  kids.delete(step);
  if (rest.length > 0) {
    const left = cut(kid, rest);
    if (left.self || left.kids.size > 0) kids.set(step, left);
  }
  return new FieldSet(set.self, kids);
}

/** Encodes a set as `fieldsV1`. */
export function encode(set: FieldSet): Obj {
  const result: Obj = {};
  for (const step of [...set.kids.keys()].sort()) {
    const kid = set.kids.get(step);
    if (kid === undefined || kid.isEmpty()) continue;
    const below = encode(kid);
    result[step] = kid.self && Object.keys(below).length > 0 ? { '.': {}, ...below } : below;
  }
  return result;
}

/** Parses `fieldsV1` into a set. */
export function parse(fields: Value | undefined): FieldSet {
  const set = new FieldSet();
  if (!isObj(fields)) return set;
  for (const [step, below] of Object.entries(fields)) {
    if (step === '.') {
      set.self = true;
      continue;
    }
    const kid = parse(below);
    if (kid.kids.size === 0) kid.self = true;
    set.kids.set(step, kid);
  }
  return set;
}

/** Formats a path like the API server: `.spec.containers[name="c"].image`. */
export function printPath(path: readonly string[]): string {
  return path.map(printStep).join('');
}

function printStep(step: string): string {
  if (step.startsWith('f:')) return `.${step.slice(2)}`;
  if (step.startsWith('i:')) return `[${step.slice(2)}]`;
  if (step.startsWith('v:')) return `[=${step.slice(2)}]`;
  const keys: unknown = JSON.parse(step.slice(2));
  const shown = Object.entries(keys ?? {}).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  return `[${shown.join(',')}]`;
}
