import * as v from 'valibot';
import { nearestName } from '../errors/nearest';
import type { Problem } from '../errors/problem';
import type { Layered } from './layers';
import { childKeys, childSchemas } from './shape';

/** What is wrong with a layered config: every field at once, each with the layer that set it. */
export function configProblems(schema: v.GenericSchema, layered: Layered, subject: string): readonly Problem[] {
  const result = v.safeParse(schema, layered.config);
  if (result.success) return [];
  return result.issues.flatMap((issue) => flatten(issue)).map((issue) => toProblem(schema, issue, layered, subject));
}

type Issue = v.BaseIssue<unknown>;

/** A union reports one issue with those of its members below; those of the member that came furthest say most. */
function flatten(issue: Issue): readonly Issue[] {
  const below = issue.issues;
  if (issue.type !== 'union' || below === undefined || below.length === 0) return [issue];
  const byDepth = [...below].sort((a, b) => (b.path?.length ?? 0) - (a.path?.length ?? 0));
  const deepest = byDepth[0]?.path?.length ?? 0;
  if (deepest === 0) return [issue];
  const prefix = issue.path ?? [];
  return byDepth
    .filter(({ path }) => path?.length === deepest)
    .flatMap((inner) => flatten({ ...inner, path: [...prefix, ...(inner.path ?? [])] as NonNullable<Issue['path']> }));
}

function toProblem(schema: v.GenericSchema, issue: Issue, { origins }: Layered, subject: string): Problem {
  const keys = (issue.path ?? []).map(({ key }) => String(key));
  const path = keys.join('.');
  const origin = origins.get(path) ?? [...origins].find(([known]) => known.startsWith(`${path}.`))?.[1];
  const where = origin === undefined ? subject : `${subject} (${origin})`;
  const parent = keys
    .slice(0, -1)
    .reduce<readonly v.GenericSchema[]>((schemas, key) => schemas.flatMap((one) => childSchemas(one, key)), [schema]);
  const known = parent.flatMap(childKeys);
  const key = keys.at(-1) ?? '';
  if (issue.expected === 'never' && !known.includes(key)) {
    const nearest = nearestName(key, known);
    return {
      code: 'UNKNOWN_FIELD',
      subject: where,
      path,
      message: 'the config has no such field',
      expected: `one of ${[...new Set(known)].join(', ')}`,
      remedy: 'Correct the name, or remove the field.',
      ...(nearest === undefined ? {} : { nearest }),
    };
  }
  const missing = issue.received === 'undefined';
  return {
    code: missing ? 'MISSING_FIELD' : 'INVALID_VALUE',
    subject: where,
    path,
    message: missing ? 'the field is missing' : 'the value does not fit',
    ...(missing ? {} : { got: issue.input }),
    expected: issue.message.startsWith('Invalid ') ? (issue.expected ?? 'another value') : issue.message,
    remedy: missing
      ? "Set it in the base or in this environment; 'off' where the component is not wanted."
      : 'Correct the value.',
  };
}
