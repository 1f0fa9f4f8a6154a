import { isDeepStrictEqual } from 'node:util';
import { VERIFY_KEY_ANNOTATION } from '../kube/contract';
import { flatten, hashedNames, stableName, withStableNames } from '../kube/flatten';
import { covers, type ExpectedDifference, type Place } from '../project/expected-difference';
import type { RenderedStack } from '../synth/render/render-stack';

/** Value of one environment at a location; `absent` if there is none. */
export type Cell = { readonly value: unknown } | 'absent';

/** One field, or one whole object (with an empty `path`), across all environments. */
export interface Row extends Place {
  /** By environment, without those that leave out the stack. */
  readonly cells: Readonly<Record<string, Cell>>;
  /** Whether all environments have the same value. */
  readonly equal: boolean;
  /** Reason for a declared difference; otherwise undefined. */
  readonly reason?: string;
}

/** Comparison of all environments. */
export interface Matrix {
  /** Their names, in release order. */
  readonly environments: readonly string[];
  /** All compared fields and objects. */
  readonly rows: readonly Row[];
  /** Undeclared differences. */
  readonly undeclared: readonly Row[];
  /** Unused declarations: they would hide future drift. */
  readonly unused: readonly ExpectedDifference[];
}

const VERIFY_KEY = `metadata.annotations["${VERIFY_KEY_ANNOTATION}"]`;

type Objects = ReadonlyMap<string, ReadonlyMap<string, unknown>>;

/** Compares the rendered environments: component × field × environment. */
export function parityMatrix(
  rendered: readonly RenderedStack[],
  environments: readonly string[],
  expected: readonly ExpectedDifference[],
): Matrix {
  const used = new Set<ExpectedDifference>();
  const stacks = new Map<string, RenderedStack[]>();
  for (const one of rendered) {
    const here = stacks.get(one.stack) ?? [];
    stacks.set(one.stack, here);
    here.push(one);
  }
  const rows = [...stacks].flatMap(([stack, here]) => stackRows(stack, here, expected, used));
  const left = environments.flatMap((environment) => missingStacks(environment, stacks, expected, used));
  const all = [...left, ...rows];
  return {
    environments,
    rows: all,
    undeclared: all.filter(({ equal, reason }) => !equal && reason === undefined),
    unused: expected.filter((one) => !used.has(one)),
  };
}

/** A stack that an environment leaves out is a difference like any other. */
function missingStacks(
  environment: string,
  stacks: ReadonlyMap<string, readonly RenderedStack[]>,
  expected: readonly ExpectedDifference[],
  used: Set<ExpectedDifference>,
): readonly Row[] {
  return [...stacks].flatMap(([stack, here]): readonly Row[] => {
    if (here.some((one) => one.environment === environment)) return [];
    const place = { stack, component: '*', object: '*', path: '' };
    return [{ ...place, cells: { [environment]: 'absent' }, equal: false, ...reasonFor(place, expected, used) }];
  });
}

function stackRows(
  stack: string,
  here: readonly RenderedStack[],
  expected: readonly ExpectedDifference[],
  used: Set<ExpectedDifference>,
): readonly Row[] {
  const columns = new Map(here.map((one) => [one.environment, objectsOf(one)]));
  const objects = [...new Set([...columns.values()].flatMap((column) => [...column.keys()]))].sort();
  return objects.flatMap((key) => {
    const [component = '', object = ''] = key.split(' ');
    const row = (path: string, cells: Row['cells']): Row => {
      const place = { stack, component, object, path };
      const [first, ...others] = Object.values(cells);
      const equal = others.every((cell) => isDeepStrictEqual(cell, first));
      return { ...place, cells, equal, ...(equal ? {} : reasonFor(place, expected, used)) };
    };
    const present = Object.fromEntries(
      [...columns].map(([name, column]) => [name, column.has(key) ? { value: 'present' } : 'absent'] as const),
    );
    const having = [...columns].filter(([, column]) => column.has(key));
    const paths = [...new Set(having.flatMap(([, column]) => [...(column.get(key)?.keys() ?? [])]))].sort();
    const fields = paths.map((path) =>
      row(path, Object.fromEntries(having.map(([name, column]) => [name, cellAt(column.get(key), path)]))),
    );
    return [row('', present), ...fields];
  });
}

function cellAt(fields: ReadonlyMap<string, unknown> | undefined, path: string): Cell {
  return fields?.has(path) === true ? { value: fields.get(path) } : 'absent';
}

function objectsOf({ files }: RenderedStack): Objects {
  const objects = files.flatMap((file) => file.objects);
  const hashed = hashedNames(objects);
  return new Map(
    objects.map((object) => {
      const component = object.metadata.labels?.['app.kubernetes.io/component'] ?? 'other';
      return [`${component} ${object.kind}/${stableName(object.metadata.name)}`, flatten(withStableNames(object, hashed))];
    }),
  );
}

function reasonFor(
  place: Place,
  expected: readonly ExpectedDifference[],
  used: Set<ExpectedDifference>,
): { readonly reason?: string } {
  const declared = expected.filter((one) => covers(one, place));
  for (const one of declared) used.add(one);
  const [first] = declared;
  if (first === undefined && place.path === VERIFY_KEY) return { reason: 'each environment names the key of its artifacts' };
  return first === undefined ? {} : { reason: first.reason };
}
