import { canonical } from '../../kube/canonical';
import { TOOL } from '../../kube/contract';
import { type Fields, fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { type FieldSet, ownedBy, union } from './fields';

/** Managers whose fields a release takes over when it adopts an object: kubectl in all its commands, Helm, Argo CD, Flux. */
const FORMER = /^(kubectl\b.*|[Hh]elm|argocd.*|kustomize-controller|helm-controller|before-first-apply)$/;

/**
 * The managers of an object once its former managers' fields are this tool's, as kubectl and Flux migrate them: fields that the
 * manifests do not have are then removed by the next apply. Undefined when there is no former manager.
 */
export function takenOver(live: KubeObject): readonly unknown[] | undefined {
  const former = formerFields(live);
  if (former === undefined) return undefined;
  const others = entriesOf(live).filter((entry) => !isFormer(entry) && !isOurs(entry));
  const fieldsV1 = union(ownedBy(live) ?? {}, former);
  return [...others, { manager: TOOL, operation: 'Apply', apiVersion: live.apiVersion, fieldsType: 'FieldsV1', fieldsV1 }];
}

/** The fields of an object's former managers; undefined when it has none. */
export function formerFields(object: KubeObject): FieldSet | undefined {
  const former = entriesOf(object).filter(isFormer);
  return former.length === 0 ? undefined : former.reduce<FieldSet>((all, entry) => union(all, fieldsAt(entry, 'fieldsV1')), {});
}

/** The managers of an object that is given back: its current ones without this tool, and its previous ones. */
export function givenBack(live: KubeObject, before: KubeObject): readonly unknown[] {
  const now = entriesOf(live).filter((entry) => !isOurs(entry));
  const known = new Set(now.map(identityOf));
  const back = [...now, ...entriesOf(before).filter((entry) => !isOurs(entry) && !known.has(identityOf(entry)))];
  // An empty list would leave the entries as they are.
  return back.length > 0 ? back : [{}];
}

/** The managers of a restored object: this tool with its previous fields, other managers with their current ones. */
export function asManaged(live: KubeObject, before: KubeObject): readonly unknown[] {
  const own = entriesOf(before).filter((entry) => isOurs(entry) && entry.operation === 'Apply');
  if (own.length === 0) return givenBack(live, before);
  return [...entriesOf(live).filter((entry) => !isOurs(entry)), ...own];
}

/** Parts of Kubernetes that write values valid only for one object, and rewrite them for another. */
const CLUSTER = /^(kube-|kubelet$|cloud-controller-manager$)/;

/** The fields of an object set by managers other than this tool and Kubernetes itself; undefined when there are none. */
export function othersFields(object: KubeObject): FieldSet | undefined {
  const others = entriesOf(object).filter(isOthers);
  return others.length === 0 ? undefined : others.reduce<FieldSet>((all, entry) => union(all, fieldsAt(entry, 'fieldsV1')), {});
}

/** The names of these managers. */
export function othersOf(object: KubeObject): readonly string[] {
  return [
    ...new Set(
      entriesOf(object)
        .filter(isOthers)
        .map((entry) => textAt(entry, 'manager') ?? ''),
    ),
  ];
}

/** The managers of an object that was recreated with the fields of all its managers. */
export function asRecreated(live: KubeObject, before: KubeObject): readonly unknown[] {
  const own = entriesOf(before).filter((entry) => isOurs(entry) && entry.operation === 'Apply');
  return [...entriesOf(live).filter((entry) => !isOurs(entry)), ...entriesOf(before).filter(isOthers), ...own];
}

function isOthers(entry: Fields): boolean {
  return !isOurs(entry) && entry.subresource === undefined && !CLUSTER.test(textAt(entry, 'manager') ?? '');
}

/**
 * An object as it is after a takeover: without the fields that only its former managers had. `fresh` shows which of them return
 * as defaults; Helm 3 and kubectl own the defaults of the objects they created.
 */
export function withoutForgotten(live: KubeObject, applied: KubeObject, fresh?: KubeObject): KubeObject {
  const kept = entriesOf(live)
    .filter((entry) => !isFormer(entry) && !isOurs(entry))
    .reduce<FieldSet>((all, entry) => union(all, fieldsAt(entry, 'fieldsV1')), ownedBy(applied) ?? {});
  const rest = removed(applied, difference(formerFields(live) ?? {}, kept), fresh);
  return isFields(rest)
    ? {
        ...rest,
        apiVersion: applied.apiVersion,
        kind: applied.kind,
        metadata: { ...fieldsAt(rest, 'metadata'), name: applied.metadata.name },
      }
    : applied;
}

function entriesOf(object: KubeObject): readonly Fields[] {
  return listAt(object, 'metadata', 'managedFields').filter(isFields);
}

function isFormer(entry: Fields): boolean {
  return FORMER.test(textAt(entry, 'manager') ?? '') && !entry.subresource;
}

function isOurs(entry: Fields): boolean {
  return entry.manager === TOOL && !entry.subresource;
}

function identityOf({ manager, operation, subresource, apiVersion }: Fields): string {
  return canonical([manager, operation, subresource, apiVersion]);
}

/** The fields in one set but not in the other. */
function difference(a: FieldSet, b: FieldSet): FieldSet {
  const rest: Record<string, unknown> = {};
  for (const step of Object.keys(a)) {
    if (!(step in b)) rest[step] = a[step];
    else if (step !== '.') {
      const inner = difference(fieldsAt(a, step), fieldsAt(b, step));
      if (Object.keys(inner).length > 0) rest[step] = inner;
    }
  }
  return rest;
}

/** A value without the fields of a set, except those that are the same in a fresh object. */
function removed(value: unknown, set: FieldSet, fresh: unknown): unknown {
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const step = Object.keys(set).find((one) => names(one, item));
      if (step === undefined) return [item];
      const again = Array.isArray(fresh) ? fresh.find((one) => names(step, one)) : undefined;
      const inner = fieldsAt(set, step);
      const whole = '.' in inner || Object.keys(inner).length === 0;
      return whole && again === undefined ? [] : [removed(item, inner, again)];
    });
  }
  if (!isFields(value)) return value;
  const entries = Object.entries(value).flatMap(([name, inside]) => {
    if (!(`f:${name}` in set)) return [[name, inside] as const];
    const again = isFields(fresh) ? fresh[name] : undefined;
    if (again !== undefined && canonical(again) === canonical(inside)) return [[name, inside] as const];
    const inner = fieldsAt(set, `f:${name}`);
    const rest = Object.keys(inner).length === 0 ? undefined : removed(inside, inner, again);
    const empty = rest === undefined || (typeof rest === 'object' && rest !== null && Object.keys(rest).length === 0);
    return empty ? [] : [[name, rest] as const];
  });
  return Object.fromEntries(entries);
}

/** Whether a set step identifies a list item. */
function names(step: string, item: unknown): boolean {
  if (!/^[kv]:/.test(step)) return false;
  const wanted: unknown = JSON.parse(step.slice(2));
  if (step.startsWith('v:')) return canonical(wanted) === canonical(item);
  return isFields(wanted) && isFields(item) && Object.keys(wanted).every((key) => item[key] === wanted[key]);
}
