import { isFields } from '../../kube/fields';

/** An expression about an object: a path, an operator and a value. */
export interface Expression {
  readonly path: readonly Step[];
  readonly operator: '=' | '!=' | '>=';
  readonly value: string;
}

/** A step of a path: a field, the item of a list with a field, or every item. */
type Step = { readonly field: string } | { readonly item: readonly [key: string, value: string] } | { readonly every: true };

/** Parses an expression; undefined when invalid. */
export function parseExpression(text: string): Expression | undefined {
  // A filter has its own `=`: the operator is the first one outside brackets.
  const match = /^((?:[^[\]=!>]|\[[^\]]*\])+?)(>=|!=|=)(.+)$/.exec(text.trim());
  const path = match === null ? undefined : parsePath(match[1] ?? '');
  const operator = match?.[2];
  if (path === undefined || (operator !== '=' && operator !== '!=' && operator !== '>=')) return undefined;
  return { path, operator, value: (match?.[3] ?? '').trim() };
}

function parsePath(text: string): readonly Step[] | undefined {
  const steps: Step[] = [];
  let rest = text.trim();
  while (rest !== '') {
    const match = /^\.?([A-Za-z_][\w-]*)|^\[\*\]|^\[([A-Za-z]\w*)=([^\]]+)\]/.exec(rest);
    if (match === null) return undefined;
    const [whole, field, key, value] = match;
    steps.push(field !== undefined ? { field } : key !== undefined ? { item: [key, value ?? ''] } : { every: true });
    rest = rest.slice(whole.length);
  }
  return steps;
}

/** The values at a path: one, unless the path goes through every item of a list. `undefined` stands for a missing value. */
function valuesAt(value: unknown, path: readonly Step[]): readonly unknown[] {
  const [step, ...rest] = path;
  if (step === undefined) return [value];
  if ('field' in step) return valuesAt(isFields(value) ? value[step.field] : undefined, rest);
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  if ('every' in step) return items.length === 0 ? [undefined] : items.flatMap((item) => valuesAt(item, rest));
  const [key, wanted] = step.item;
  return valuesAt(
    items.find((item) => isFields(item) && String(item[key]) === wanted),
    rest,
  );
}

/** Whether an expression holds for an object, and the first value that violates it. */
export function evaluate(
  { path, operator, value }: Expression,
  object: unknown,
): { readonly holds: boolean; readonly got: unknown } {
  const values = valuesAt(object, path);
  const got = values.find((one) => !compare(one, operator, value, object));
  return { holds: values.every((one) => compare(one, operator, value, object)), got };
}

function compare(found: unknown, operator: Expression['operator'], value: string, object: unknown): boolean {
  if (operator === '=') return String(found) === value;
  if (operator === '!=') return String(found) !== value;
  const other = parsePath(value);
  const bound = other === undefined ? Number(value) : Number(valuesAt(object, other)[0] ?? 1);
  return Number(found ?? 0) >= bound;
}
