import { type GenericSchema, is } from 'valibot';
import { nearestName } from '../errors/nearest';
import type { Problem } from '../errors/problem';
import { allPaths, childKeys, childSchemas } from './schema/shape';

/**
 * Parses `--set` arguments as a layer: `model.version=v2.2.0-rc2` becomes `{ model: { version: 'v2.2.0-rc2' } }`. Paths follow
 * the schema; an unknown path is refused, with the nearest one suggested. Values are strings, unless the schema accepts only a
 * number, `true` or `null`.
 */
export function parseOverrides(
  schema: GenericSchema,
  assignments: readonly string[],
): { readonly values: unknown; readonly problems: readonly Problem[] } {
  const values: Record<string, unknown> = {};
  const problems: Problem[] = [];
  for (const assignment of assignments) {
    const equals = assignment.indexOf('=');
    const path = equals < 0 ? assignment : assignment.slice(0, equals);
    const schemas = schemasAt(schema, path);
    if (equals <= 0) problems.push(malformed(assignment));
    else if (schemas.length === 0) problems.push(unknownPath(schema, path));
    else assign(values, path.split('.'), typed(schemas, assignment.slice(equals + 1)));
  }
  return { values, problems };
}

/** Returns the possible schemas at a path; empty if the path does not exist. */
export function schemasAt(schema: GenericSchema, path: string): readonly GenericSchema[] {
  return path
    .split('.')
    .reduce<readonly GenericSchema[]>((schemas, key) => schemas.flatMap((one) => childSchemas(one, key)), [schema]);
}

/** Reports a path that the config does not have, with the nearest existing one. */
export function unknownPath(schema: GenericSchema, path: string, subject = '--set'): Problem {
  const nearest = nearestName(path, allPaths(schema));
  return {
    code: 'UNKNOWN_PATH',
    subject,
    path,
    message: 'the config has no such field',
    expected: nearest === undefined ? `a path that begins with ${childKeys(schema).join(', ')}` : 'a field of the config',
    remedy: 'Correct the path.',
    ...(nearest === undefined ? {} : { nearest }),
  };
}

function malformed(assignment: string): Problem {
  return {
    code: 'USAGE',
    subject: '--set',
    message: 'not an assignment',
    got: assignment,
    expected: 'path=value',
    remedy: 'Write --set model.version=v2.2.0.',
  };
}

/** Parses command-line text according to the schema: `3` is a number where only a number is valid. */
function typed(schemas: readonly GenericSchema[], text: string): unknown {
  if (schemas.some((schema) => is(schema, text))) return text;
  if (/^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  if (text === 'true' || text === 'false') return text === 'true';
  return text;
}

function assign(target: Record<string, unknown>, [key = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    target[key] = value;
    return;
  }
  const child = target[key];
  const next = typeof child === 'object' && child !== null ? (child as Record<string, unknown>) : {};
  target[key] = next;
  assign(next, rest, value);
}
