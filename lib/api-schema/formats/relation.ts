import type { Fields } from '../../kube/fields';

/** A field of a struct that is invalid because of another one. */
export interface Relation {
  /** The field; empty for the struct itself. */
  readonly field: string;
  readonly expected: string;
  readonly got?: unknown;
}

/** A rule on the fields of a struct together. */
export type Rule = (struct: Fields) => readonly Relation[];

/** One violated relation. */
export function wrong(field: string, expected: string, got?: unknown): readonly Relation[] {
  return [{ field, expected, ...(got === undefined ? {} : { got }) }];
}

/** Whether a field is set. */
export function has(struct: Fields, field: string): boolean {
  return struct[field] !== undefined && struct[field] !== null;
}

/** Fields that must be present and not empty. */
export function needs(...fields: readonly string[]): Rule {
  return (struct) =>
    fields.filter((field) => !has(struct, field) || struct[field] === '').flatMap((field) => wrong(field, 'a value'));
}

/** Exactly one of several fields. */
export function oneOf(...fields: readonly string[]): Rule {
  return (struct) => {
    const given = fields.filter((field) => has(struct, field));
    return given.length === 1 ? [] : wrong('', `one of ${fields.join(', ')}`);
  };
}

/** All of several rules. */
export function all(...rules: readonly Rule[]): Rule {
  return (struct) => rules.flatMap((rule) => rule(struct));
}
