import { type Fields, fieldsAt, listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { type Container, type Inventory, itemsAt, namespaceOf, type Workload } from './inventory';

/** An environment variable of a container. */
export interface Variable {
  readonly name: string;
  /** Undefined if only the cluster knows it: from a Secret, or from a field of the pod. */
  readonly value?: string;
  /** Object that contains the value, a workload or a ConfigMap. */
  readonly object: KubeObject;
  readonly path: string;
}

/** The environment of a container, as the kubelet builds it: `envFrom` first, then `env` in order. */
export interface Environment {
  readonly variables: readonly Variable[];
  /** Whether there may be unknown variables: from Secrets, and from ConfigMaps of other owners. */
  readonly open: boolean;
}

const known = new WeakMap<Container, Environment>();

/** Variables of a container, including values from ConfigMaps in the same directory. */
export function environmentOf(all: Inventory, workload: Workload, container: Container): Environment {
  const found = known.get(container) ?? read(all, workload, container);
  known.set(container, found);
  return found;
}

function read(all: Inventory, workload: Workload, { fields, path }: Container): Environment {
  const sources = itemsAt(fields, 'envFrom').map((source) => fromMap(all, workload, source));
  const own = itemsAt(fields, 'env').flatMap((variable): readonly Variable[] => {
    const name = textAt(variable, 'name');
    return name === undefined ? [] : [{ name, ...readValue(all, workload, variable, `${path}.env[name=${name}]`) }];
  });
  return {
    variables: [...sources.flatMap((variables) => variables ?? []), ...own],
    open: sources.some((variables) => variables === undefined),
  };
}

/** Variables of an `envFrom` source; undefined if its content is unknown. */
function fromMap(all: Inventory, workload: Workload, source: Fields): readonly Variable[] | undefined {
  const name = textAt(source, 'configMapRef', 'name');
  const map = name === undefined ? undefined : all.find('ConfigMap', workload.namespace, name);
  if (map === undefined) return undefined;
  const prefix = textAt(source, 'prefix') ?? '';
  return Object.keys(fieldsAt(map, 'data')).map((key) => ({ name: `${prefix}${key}`, ...inMap(map, key) }));
}

function readValue(all: Inventory, workload: Workload, variable: Fields, path: string): Omit<Variable, 'name'> {
  const { object } = workload;
  const reference = fieldsAt(variable, 'valueFrom', 'configMapKeyRef');
  const map = all.find('ConfigMap', workload.namespace, textAt(reference, 'name') ?? '');
  const key = textAt(reference, 'key') ?? '';
  if (map !== undefined && textAt(map, 'data', key) !== undefined) return inMap(map, key);
  const value = variable.valueFrom === undefined ? (textAt(variable, 'value') ?? '') : undefined;
  return { object, path: `${path}.value`, ...(value === undefined ? {} : { value }) };
}

function inMap(object: KubeObject, key: string): Omit<Variable, 'name'> {
  const value = textAt(object, 'data', key);
  return { object, path: /[./]/.test(key) ? `data["${key}"]` : `data.${key}`, ...(value === undefined ? {} : { value }) };
}

/** Text that a program reads as a value: a variable, a flag, or a whole ConfigMap entry. */
export interface Setting extends Variable {
  readonly value: string;
  readonly namespace: string;
}

const settings = new WeakMap<Inventory, readonly Setting[]>();

/** Values of all variables and flags, and all ConfigMap entries, without duplicates. */
export function settingsOf(all: Inventory): readonly Setting[] {
  const found = settings.get(all) ?? [...ofWorkloads(all), ...ofMaps(all)];
  settings.set(all, found);
  return found;
}

function ofWorkloads(all: Inventory): readonly Setting[] {
  return all.workloads.flatMap(({ object, namespace, containers }) =>
    containers.flatMap(({ fields, path }) => [
      ...itemsAt(fields, 'env').flatMap((variable): readonly Setting[] => {
        const [name, value] = [textAt(variable, 'name'), textAt(variable, 'value')];
        if (name === undefined || value === undefined) return [];
        return [{ name, value, object, namespace, path: `${path}.env[name=${name}].value` }];
      }),
      ...(['command', 'args'] as const).flatMap((field) =>
        flagsIn(listAt(fields, field).map(String)).map(
          ({ index, ...flag }): Setting => ({ ...flag, object, namespace, path: `${path}.${field}[${index}]` }),
        ),
      ),
    ]),
  );
}

/** Flags of a command line with their values: `--port=80`, or `--port` followed by another word. */
export function flagsIn(
  words: readonly string[],
): readonly { readonly name: string; readonly value: string; readonly index: number }[] {
  return words.flatMap((word, index) => {
    const [, name, , inline] = /^--([\w.-]+)(=(.*))?$/s.exec(word) ?? [];
    const next = words[index + 1] ?? '-';
    if (name === undefined) return [];
    if (inline !== undefined) return [{ name, value: inline, index }];
    return next.startsWith('-') ? [] : [{ name, value: next, index: index + 1 }];
  });
}

function ofMaps(all: Inventory): readonly Setting[] {
  return all.ofKind('ConfigMap').flatMap((object) =>
    Object.keys(fieldsAt(object, 'data')).flatMap((name): readonly Setting[] => {
      const { value, ...place } = inMap(object, name);
      return value === undefined ? [] : [{ name, value, namespace: namespaceOf(object), ...place }];
    }),
  );
}
