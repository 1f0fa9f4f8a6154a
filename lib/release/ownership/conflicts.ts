import { ApiError } from '../../client/errors';
import { isKubeObject } from '../../kube/address';
import { isFields } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { pathFromServer } from '../../kube/path';
import type { Conflict } from '../model/plan';

/** The conflicts in a refused server-side apply; empty when it was refused for another reason. */
export function conflictsOf(error: unknown): readonly Conflict[] {
  if (!(error instanceof ApiError) || error.status !== 409) return [];
  return error.causes
    .filter(({ reason }) => reason === 'FieldManagerConflict')
    .map(({ field = '', message = '' }) => ({
      field: pathFromServer(field),
      manager: /conflict with "([^"]*)"/.exec(message)?.[1] ?? 'unknown',
    }));
}

/** Whether the fields of a policy include the field of a conflict. */
export function covers(fields: readonly string[], { field }: Conflict): boolean {
  return fields.some((one) => one === '*' || pathFromServer(one) === field);
}

/** Whether a value has a field at a path. Keys may contain dots, so every reading is tried. */
export function hasPath(value: unknown, path: string): boolean {
  return hasRest(value, fromStart(path));
}

function hasRest(value: unknown, path: string): boolean {
  if (path === '') return value !== undefined;
  return stepsInto(value, path).some(({ child, rest }) => hasRest(child, rest));
}

/** Each path step starts with its dot or bracket. */
function fromStart(path: string): string {
  const bare = pathFromServer(path).replaceAll(/\["([^"]*)"\]/g, '.$1');
  return bare === '' || bare.startsWith('[') || bare.startsWith('.') ? bare : `.${bare}`;
}

/** A copy of an object without the field at a path; required fields stay. */
export function dropPath(object: KubeObject, path: string): KubeObject {
  const rest = without(object, fromStart(path));
  return isKubeObject(rest) ? rest : object;
}

function without(value: unknown, path: string): unknown {
  const step = stepsInto(value, path).find(({ child, rest }) => hasRest(child, rest));
  if (step === undefined) return value;
  const next = step.rest === '' ? undefined : without(step.child, step.rest);
  if (Array.isArray(value)) return value.flatMap((item, i) => (i !== step.key ? [item] : next === undefined ? [] : [next]));
  const entries = Object.entries(isFields(value) ? value : {}).map(
    ([key, inner]) => [key, key === step.key ? next : inner] as const,
  );
  return Object.fromEntries(entries.filter(([, inner]) => inner !== undefined));
}

interface Step {
  readonly key: string | number;
  readonly child: unknown;
  readonly rest: string;
}

function stepsInto(value: unknown, path: string): readonly Step[] {
  if (isFields(value)) {
    return Object.keys(value)
      .filter((key) => path.startsWith(`.${key}`) && /^($|[.[])/.test(path.slice(key.length + 1)))
      .map((key) => ({ key, child: value[key], rest: path.slice(key.length + 1) }));
  }
  const end = Array.isArray(value) && path.startsWith('[') ? path.indexOf(']') : -1;
  if (!Array.isArray(value) || end < 0) return [];
  const keys = path
    .slice(1, end)
    .split(',')
    .map((pair) => /^(\w+)=(.*)$/.exec(pair));
  const matches = (item: unknown) => keys.every((key) => key && isFields(item) && String(item[key[1] ?? '']) === key[2]);
  return value.flatMap((child, key) => (matches(child) ? [{ key, child, rest: path.slice(end + 1) }] : []));
}
