import * as v from 'valibot';
import { nearestName } from '../errors/nearest';
import type { Problem } from '../errors/problem';
import type { Layered } from './layers';
import { childKeys, childSchemas, isOpen } from './schema/shape';

/** Problems in a layered config: all fields at once, each with the layer that set it. */
export function configProblems(schema: v.GenericSchema, layered: Layered, subject: string): readonly Problem[] {
  const where = (path: string) => subjectOf(path, layered, subject);
  const unknown = unknownFields([schema], layered.config, '', where);
  const result = v.safeParse(schema, layered.config);
  if (result.success) return unknown;
  const unknownPaths = new Set(unknown.map(({ path }) => path));
  const invalid = result.issues
    .flatMap((issue) => flatten(issue))
    .filter((issue) => !unknownPaths.has(pathOf(issue)))
    .map((issue) => toProblem(schema, issue, where));
  // Mutually exclusive alternatives report each other; one report is enough.
  return [...unknown, ...new Map(invalid.map((problem) => [`${problem.path} ${problem.expected}`, problem])).values()];
}

type Issue = v.BaseIssue<unknown>;

/** Settings next to or in which users write credentials. */
const SECRET = /(^|\.)(credentials?|password|passwd|token|secret|apiKey|accessKey|secretKey)(\.|$)/i;

const pathOf = (issue: Issue) => (issue.path ?? []).map(({ key }) => String(key)).join('.');

/** The subject, with the layer that set the value or part of it. */
function subjectOf(path: string, { origins }: Layered, subject: string): string {
  const origin = origins.get(path) ?? [...origins].find(([known]) => known.startsWith(`${path}.`))?.[1];
  return origin === undefined ? subject : `${subject} (${origin})`;
}

/** Fields that no alternative of the schema has, at any depth; the schema library reports only the first. */
function unknownFields(
  schemas: readonly v.GenericSchema[],
  value: unknown,
  path: string,
  where: (path: string) => string,
): readonly Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  const known = [...new Set(schemas.flatMap(childKeys))];
  return Object.entries(value).flatMap(([key, child]): readonly Problem[] => {
    const here = path === '' ? key : `${path}.${key}`;
    const children = schemas.flatMap((schema) => childSchemas(schema, key));
    if (children.length > 0 || known.length === 0 || schemas.some(isOpen)) return unknownFields(children, child, here, where);
    const nearest = nearestName(key, known);
    return [
      {
        code: 'UNKNOWN_FIELD',
        subject: where(here),
        path: here,
        message: 'the config has no such field',
        expected: `one of ${known.join(', ')}`,
        remedy: 'Correct the name, or remove the field.',
        ...(nearest === undefined ? {} : { nearest }),
      },
    ];
  });
}

/** A union reports one issue, with those of its members nested; the member that matched furthest is the most informative. */
function flatten(issue: Issue): readonly Issue[] {
  const below = issue.issues;
  if (issue.type !== 'union' || below === undefined || below.length === 0) return [issue];
  const deepest = Math.max(...below.map(({ path }) => path?.length ?? 0));
  if (deepest === 0) return [issue];
  const prefix = issue.path ?? [];
  return below
    .filter(({ path }) => path?.length === deepest)
    .flatMap((inner) => flatten({ ...inner, path: [...prefix, ...(inner.path ?? [])] as NonNullable<Issue['path']> }));
}

function toProblem(schema: v.GenericSchema, issue: Issue, where: (path: string) => string): Problem {
  const path = pathOf(issue);
  const subject = where(path);
  if (issue.received === 'undefined' || issue.input === undefined) {
    return {
      code: 'MISSING_FIELD',
      subject,
      path,
      message: 'the field is missing',
      ...(issue.message.startsWith('Invalid ') ? {} : { expected: issue.message }),
      remedy: "Set it in the base or in this environment; 'off' where the component is not wanted.",
    };
  }
  if (issue.expected === 'never') {
    const parent = path.split('.').slice(0, -1);
    return {
      code: 'INVALID_VALUE',
      subject,
      path: parent.join('.'),
      message: 'alternatives that exclude each other',
      expected: `one of ${keysAt(schema, parent).join(', ')}`,
      remedy: 'Choose one.',
    };
  }
  return {
    code: 'INVALID_VALUE',
    subject,
    path,
    message: 'the value does not fit',
    // Users sometimes put secrets here by mistake. The location decides whether to hide a value, not its content.
    ...(SECRET.test(pathOf(issue)) ? {} : { got: issue.input }),
    expected: issue.message.startsWith('Invalid ') ? expectedText(schema, issue) : issue.message,
    remedy: 'Correct the value.',
  };
}

/** `"off" or an object of host, port, auth`, from the schema library's `("off" | Object)`. */
function expectedText(schema: v.GenericSchema, issue: Issue): string {
  const keys = keysAt(schema, pathOf(issue).split('.'));
  return (issue.expected ?? 'another value')
    .replace(/^\((.*)\)$/, '$1')
    .replaceAll(' | ', ' or ')
    .replace(/\bObject\b/, keys.length === 0 ? 'an object' : `an object of ${keys.join(', ')}`)
    .replace(/\bArray\b/, 'a list');
}

/** Keys that the alternatives of a schema have at a path. */
function keysAt(schema: v.GenericSchema, path: readonly string[]): readonly string[] {
  const at = path.reduce<readonly v.GenericSchema[]>(
    (schemas, key) => schemas.flatMap((one) => childSchemas(one, key)),
    [schema],
  );
  return [...new Set(at.flatMap(childKeys))];
}
