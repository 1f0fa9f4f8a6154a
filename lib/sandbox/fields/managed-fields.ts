import { objsAt } from '../../api-schema/json';
import { type Obj, textOrEmpty, type Value } from '../../kube/fields';
import { encode, type FieldSet, parse, union } from './field-set';
import type { Conflict, Owners } from './updater';

/** Parsed `metadata.managedFields`. */
export interface Managed {
  readonly owners: Owners;
  readonly times: ReadonlyMap<string, string>;
}

export interface Manager {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** Paths without an owner: those that the server sets, and those that identify the object. */
export const SYSTEM_FIELDS: readonly (readonly string[])[] = [
  ['f:apiVersion'],
  ['f:kind'],
  ...['name', 'namespace', 'creationTimestamp', 'selfLink', 'uid', 'generation', 'managedFields', 'resourceVersion'].map(
    (name) => ['f:metadata', `f:${name}`],
  ),
  ['f:metadata', 'f:clusterName'],
];

const MOST_UPDATERS = 10;

/** Key of a manager. An applier has the same key for every version it applies. */
export function managerKey({ manager, operation, apiVersion, subresource }: Manager): string {
  return JSON.stringify([manager, operation, operation === 'Apply' ? '' : apiVersion, subresource ?? '']);
}

/** Parses `managedFields`; `[{}]` clears them. */
export function decodeManaged(entries: Value | undefined): Managed {
  const owners = new Map<string, FieldSet>();
  const times = new Map<string, string>();
  for (const entry of objsAt({ entries: entries ?? [] }, 'entries')) {
    if (Object.keys(entry).length === 0) continue;
    const key = managerKey(managerOf(entry));
    owners.set(key, parse(entry.fieldsV1));
    if (textOrEmpty(entry, 'time') !== '') times.set(key, textOrEmpty(entry, 'time'));
  }
  return { owners, times };
}

function managerOf(entry: Obj): Manager {
  const operation = entry.operation === 'Apply' ? 'Apply' : 'Update';
  return {
    manager: textOrEmpty(entry, 'manager'),
    operation,
    apiVersion: textOrEmpty(entry, 'apiVersion'),
    subresource: textOrEmpty(entry, 'subresource'),
  };
}

/** Encodes `managedFields`, in the server's order. */
export function encodeManaged(managed: Managed, apiVersion: string): Obj[] {
  const { owners, times } = capped(managed);
  const entries = [...owners].map(([key, set]): Obj => {
    const [manager = '', operation = '', version = '', subresource = ''] = readKey(key);
    const time = times.get(key);
    return {
      manager,
      operation,
      apiVersion: version === '' ? apiVersion : version,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1',
      fieldsV1: encode(set),
      ...(subresource === '' ? {} : { subresource }),
    };
  });
  const order = (entry: Obj) =>
    [entry.operation, entry.time ?? '', entry.manager, entry.apiVersion, entry.subresource ?? ''].join('\0');
  return entries.sort((a, b) => (order(a) < order(b) ? -1 : 1));
}

/** Keeps at most ten updaters; merges the oldest. */
function capped(managed: Managed): Managed {
  const age = (key: string) => managed.times.get(key) ?? '';
  const updaters = [...managed.owners.keys()]
    .filter((key) => readKey(key)[1] === 'Update')
    .sort((a, b) => age(a).localeCompare(age(b)));
  if (updaters.length <= MOST_UPDATERS) return managed;
  const owners = new Map(managed.owners);
  const times = new Map(managed.times);
  for (const key of updaters.slice(0, updaters.length - MOST_UPDATERS + 1)) {
    const ancient = managerKey({ manager: 'ancient-changes', operation: 'Update', apiVersion: readKey(key)[2] ?? '' });
    const set = owners.get(key);
    owners.delete(key);
    const there = owners.get(ancient);
    if (set !== undefined) owners.set(ancient, there === undefined ? set : union(there, set));
    times.set(ancient, age(key));
  }
  return { owners, times };
}

function readKey(key: string): string[] {
  const parts: unknown = JSON.parse(key);
  return Array.isArray(parts) ? parts.map(String) : [];
}

/** Formats a manager in a conflict like the server: `"kubectl" using apps/v1`. */
export function printManager(key: string): string {
  const [manager, operation, apiVersion, subresource] = readKey(key);
  const name = `${JSON.stringify(manager)}${subresource === '' ? '' : ` with subresource ${JSON.stringify(subresource)}`}`;
  return operation === 'Apply' ? name : `${name} using ${apiVersion}`;
}

/** Sorts conflicts by manager; those of one manager keep their order. */
export function sortConflicts(conflicts: readonly Conflict[]): readonly Conflict[] {
  const order = (manager: string) => manager.replace(/,""\]$/, ',~'); // no subresource sorts last
  return [...conflicts].sort((a, b) => (a.manager === b.manager ? 0 : order(a.manager) < order(b.manager) ? -1 : 1));
}
