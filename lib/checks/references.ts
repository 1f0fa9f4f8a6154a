import { at, type Fields, textAt } from '../kube/fields';
import type { KubeObject } from '../kube/object';
import { type Inventory, itemsAt } from './inventory';

/** A pod's reference to an object of its namespace. */
export interface Reference {
  readonly object: KubeObject;
  readonly namespace: string;
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim';
  readonly name: string;
  /** Keys that have to be in it. */
  readonly keys: readonly string[];
  readonly path: string;
}

type Target = Omit<Reference, 'object' | 'namespace'>;

const keysOf = (source: Fields) => itemsAt(source, 'items').flatMap((item) => textAt(item, 'key') ?? []);

function target(
  kind: Reference['kind'],
  source: unknown,
  field: string,
  path: string,
  keys: readonly string[] = [],
): readonly Target[] {
  const name = textAt(source, field);
  return name === undefined || at(source, 'optional') === true ? [] : [{ kind, name, keys, path: `${path}.${field}` }];
}

function ofVolume(volume: Fields, path: string): readonly Target[] {
  const source = (field: string): Fields => ({ ...(at(volume, field) as Fields | undefined) });
  return [
    ...target('ConfigMap', source('configMap'), 'name', `${path}.configMap`, keysOf(source('configMap'))),
    ...target('Secret', source('secret'), 'secretName', `${path}.secret`, keysOf(source('secret'))),
    ...target('PersistentVolumeClaim', source('persistentVolumeClaim'), 'claimName', `${path}.persistentVolumeClaim`),
    ...itemsAt(volume, 'projected', 'sources').flatMap((part, index) =>
      ofProjection(part, `${path}.projected.sources[${index}]`),
    ),
  ];
}

function ofProjection(part: Fields, path: string): readonly Target[] {
  const source = (field: string): Fields => ({ ...(at(part, field) as Fields | undefined) });
  return [
    ...target('ConfigMap', source('configMap'), 'name', `${path}.configMap`, keysOf(source('configMap'))),
    ...target('Secret', source('secret'), 'name', `${path}.secret`, keysOf(source('secret'))),
  ];
}

function ofContainer(container: Fields, path: string): readonly Target[] {
  const key = (source: unknown) => [textAt(source, 'key') ?? []].flat();
  return [
    ...itemsAt(container, 'env').flatMap((variable) => {
      const here = `${path}.env[name=${textAt(variable, 'name')}].valueFrom`;
      const [map, secret] = [at(variable, 'valueFrom', 'configMapKeyRef'), at(variable, 'valueFrom', 'secretKeyRef')];
      return [
        ...target('ConfigMap', map, 'name', `${here}.configMapKeyRef`, key(map)),
        ...target('Secret', secret, 'name', `${here}.secretKeyRef`, key(secret)),
      ];
    }),
    ...itemsAt(container, 'envFrom').flatMap((from, index) => [
      ...target('ConfigMap', at(from, 'configMapRef'), 'name', `${path}.envFrom[${index}].configMapRef`),
      ...target('Secret', at(from, 'secretRef'), 'name', `${path}.envFrom[${index}].secretRef`),
    ]),
  ];
}

const known = new WeakMap<Inventory, readonly Reference[]>();

/** What the pods of all workloads refer to, optional references left out. */
export function podReferences(inventory: Inventory): readonly Reference[] {
  const found = known.get(inventory);
  if (found !== undefined) return found;
  const references = inventory.workloads.flatMap(({ object, namespace, spec, path, containers }) => {
    const volumes = itemsAt(spec, 'volumes').flatMap((volume) =>
      ofVolume(volume, `${path}.volumes[name=${textAt(volume, 'name')}]`),
    );
    const inContainers = containers.flatMap((container) => ofContainer(container.fields, container.path));
    return [...volumes, ...inContainers].map((one): Reference => ({ ...one, object, namespace }));
  });
  known.set(inventory, references);
  return references;
}
