import { isObj, withAt } from '../../../lib/api-schema/json';
import { type Obj, textOrEmpty, type Value } from '../../../lib/kube/fields';
import { type FidelityKind, object, SAMPLES, URLS } from './objects';
import type { Seen, Step, StepOf } from './play';

const query = (given: string): string => (given === '' ? '' : `?${given}`);

export const post = (kind: FidelityKind, body: Value, q = ''): Step => ({
  method: 'POST',
  path: `${URLS[kind]}${query(q)}`,
  body,
});
export const get = (kind: FidelityKind, name = 'x', q = ''): Step => ({
  method: 'GET',
  path: `${URLS[kind]}/${name}${query(q)}`,
});
export const put = (kind: FidelityKind, body: Value, q = '', name = 'x'): Step => ({
  method: 'PUT',
  path: `${URLS[kind]}/${name}${query(q)}`,
  body,
});
export const del = (kind: FidelityKind, q = '', body?: Value): Step => ({
  method: 'DELETE',
  path: `${URLS[kind]}/x${query(q)}`,
  ...(body === undefined ? {} : { body }),
});

export const merge = (kind: FidelityKind, body: Value, q = '', name = 'x'): Step => ({
  method: 'PATCH',
  path: `${URLS[kind]}/${name}${query(q)}`,
  body,
  type: 'application/merge-patch+json',
});
export const strategic = (kind: FidelityKind, body: Value, q = ''): Step => ({
  ...merge(kind, body, q),
  type: 'application/strategic-merge-patch+json',
});
export const json = (kind: FidelityKind, body: Value, q = ''): Step => ({
  ...merge(kind, body, q),
  type: 'application/json-patch+json',
});

/** Server-side apply of a whole object. */
export const ssa = (kind: FidelityKind, body: Obj, manager = 'a', q = ''): Step => ({
  method: 'PATCH',
  path: `${URLS[kind]}/x?fieldManager=${manager}${q === '' ? '' : `&${q}`}`,
  body: { ...object(kind), ...body },
  type: 'application/apply-patch+yaml',
});

/** The sample object of a kind, created. */
export const made = (kind: FidelityKind): Step => post(kind, object(kind, SAMPLES[kind]));

/** PUT of what an earlier answer was, changed. */
export const putBack =
  (kind: FidelityKind, from: number, change: (read: Obj) => Obj, q = ''): StepOf =>
  (answers: readonly Seen[]) => {
    const read = answers.at(from)?.body;
    return put(kind, change(isObj(read) ? read : {}), q);
  };

/** A field of an earlier answer's metadata. */
export const metaOf = (answers: readonly Seen[], index: number, field: string): string =>
  textOrEmpty(answers.at(index)?.body, 'metadata', field);

export const set =
  (value: Value | undefined, ...path: string[]) =>
  (read: Obj): Obj =>
    withAt(read, path, value);
