import type { Problem } from '../errors/problem';
import { isFields } from '../kube/fields';
import type { Form } from '../kube/forms';

/** Expected shape of a prop: a form, an object's props by name, the items of a list, or the entries of a record. */
export type Shape =
  | Form
  | { readonly props: Readonly<Record<string, Shape>> }
  | { readonly items: Shape }
  | { readonly keys: Form; readonly values?: Shape };

/** Props by name. */
export type PropShapes = Readonly<Record<string, Shape>>;

/** An object identified by name; cdk8s-plus resources and the like validate themselves. */
export const named = (form: Form): Form => ({
  expected: form.expected,
  fits: (value) => typeof value === 'object' || form.fits(value),
});

/**
 * Props that do not match their shapes, which use the same forms as config schemas. Missing props and props without a
 * shape are skipped: the types cover required props.
 */
export function propProblems(props: object, shapes: PropShapes, path = ''): readonly Omit<Problem, 'subject'>[] {
  const given: Readonly<Record<string, unknown>> = { ...props };
  return Object.entries(shapes).flatMap(([name, shape]) =>
    problemsOf(given[name], shape, path === '' ? name : `${path}.${name}`),
  );
}

function problemsOf(value: unknown, shape: Shape, path: string): readonly Omit<Problem, 'subject'>[] {
  if (value === undefined || value === 'off') return [];
  if ('fits' in shape) return shape.fits(value) ? [] : [invalid(path, value, shape.expected)];
  if ('props' in shape) return isFields(value) ? propProblems(value, shape.props, path) : [];
  if ('items' in shape)
    return Array.isArray(value) ? value.flatMap((item, index) => problemsOf(item, shape.items, `${path}[${index}]`)) : [];
  if (!isFields(value)) return [];
  const { keys, values } = shape;
  return Object.entries(value).flatMap(([key, item]) => [
    ...(keys.fits(key) ? [] : [invalid(`${path}.${key}`, key, keys.expected)]),
    ...(values === undefined ? [] : entryProblems(item, values, `${path}.${key}`)),
  ]);
}

/** An entry without a value still counts as an entry. */
function entryProblems(value: unknown, shape: Shape, path: string): readonly Omit<Problem, 'subject'>[] {
  if ('fits' in shape) return shape.fits(value) ? [] : [invalid(path, value, shape.expected)];
  return problemsOf(value, shape, path);
}

const invalid = (path: string, got: unknown, expected: string): Omit<Problem, 'subject'> => ({
  code: 'INVALID_VALUE',
  path,
  message: 'the value does not fit',
  got,
  expected,
  remedy: 'Correct the value.',
});
