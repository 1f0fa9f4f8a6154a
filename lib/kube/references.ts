import { at, type Fields, fieldsAt, isFields, listAt, textAt } from './fields';

/** A reference from a pod to an object in its namespace; optional references are left out. */
export interface PodReference {
  readonly kind: 'ConfigMap' | 'Secret' | 'PersistentVolumeClaim' | 'ResourceClaim' | 'ResourceClaimTemplate';
  readonly name: string;
  /** Keys it must contain. */
  readonly keys: readonly string[];
  readonly path: string;
}

const items = (value: unknown, ...path: readonly string[]): readonly Fields[] => listAt(value, ...path).filter(isFields);
const keysOf = (source: Fields) => items(source, 'items').flatMap((item) => textAt(item, 'key') ?? []);

function target(
  kind: PodReference['kind'],
  source: unknown,
  field: string,
  path: string,
  keys: readonly string[] = [],
): readonly PodReference[] {
  const name = textAt(source, field);
  return name === undefined || at(source, 'optional') === true ? [] : [{ kind, name, keys, path: `${path}.${field}` }];
}

/** Volume sources whose driver reads a Secret of the pod's namespace, and the field that names it. */
const DRIVER_SECRETS = {
  ...{ csi: 'nodePublishSecretRef', cephfs: 'secretRef', rbd: 'secretRef', flexVolume: 'secretRef' },
  ...{ iscsi: 'secretRef', scaleIO: 'secretRef', storageos: 'secretRef' },
} as const;

function ofVolume(volume: Fields, path: string): readonly PodReference[] {
  const source = (field: string): Fields => fieldsAt(volume, field);
  return [
    ...target('ConfigMap', source('configMap'), 'name', `${path}.configMap`, keysOf(source('configMap'))),
    ...target('Secret', source('secret'), 'secretName', `${path}.secret`, keysOf(source('secret'))),
    ...target('PersistentVolumeClaim', source('persistentVolumeClaim'), 'claimName', `${path}.persistentVolumeClaim`),
    ...target('Secret', source('azureFile'), 'secretName', `${path}.azureFile`),
    ...Object.entries(DRIVER_SECRETS).flatMap(([driver, field]) =>
      target('Secret', at(volume, driver, field), 'name', `${path}.${driver}.${field}`),
    ),
    ...items(volume, 'projected', 'sources').flatMap((part, index) => ofProjection(part, `${path}.projected.sources[${index}]`)),
  ];
}

function ofProjection(part: Fields, path: string): readonly PodReference[] {
  const source = (field: string): Fields => fieldsAt(part, field);
  return [
    ...target('ConfigMap', source('configMap'), 'name', `${path}.configMap`, keysOf(source('configMap'))),
    ...target('Secret', source('secret'), 'name', `${path}.secret`, keysOf(source('secret'))),
  ];
}

function ofContainer(container: Fields, path: string): readonly PodReference[] {
  const key = (source: unknown) => [textAt(source, 'key') ?? []].flat();
  return [
    ...items(container, 'env').flatMap((variable) => {
      const here = `${path}.env[name=${textAt(variable, 'name')}].valueFrom`;
      const [map, secret] = [at(variable, 'valueFrom', 'configMapKeyRef'), at(variable, 'valueFrom', 'secretKeyRef')];
      return [
        ...target('ConfigMap', map, 'name', `${here}.configMapKeyRef`, key(map)),
        ...target('Secret', secret, 'name', `${here}.secretKeyRef`, key(secret)),
      ];
    }),
    ...items(container, 'envFrom').flatMap((from, index) => [
      ...target('ConfigMap', at(from, 'configMapRef'), 'name', `${path}.envFrom[${index}].configMapRef`),
      ...target('Secret', at(from, 'secretRef'), 'name', `${path}.envFrom[${index}].secretRef`),
    ]),
  ];
}

/** The ConfigMaps, Secrets, PVCs and claims of devices that a pod needs to start, from its spec at a path. */
export function podReferencesOf(spec: unknown, path: string): readonly PodReference[] {
  const containers = (field: string) =>
    items(spec, field).flatMap((one, index) => ofContainer(one, `${path}.${field}[name=${textAt(one, 'name') ?? index}]`));
  return [
    ...items(spec, 'volumes').flatMap((volume) => ofVolume(volume, `${path}.volumes[name=${textAt(volume, 'name')}]`)),
    ...containers('containers'),
    ...containers('initContainers'),
    ...items(spec, 'resourceClaims').flatMap((claim) => {
      const here = `${path}.resourceClaims[name=${textAt(claim, 'name')}]`;
      return [
        ...target('ResourceClaim', claim, 'resourceClaimName', here),
        ...target('ResourceClaimTemplate', claim, 'resourceClaimTemplateName', here),
      ];
    }),
  ];
}

/**
 * The keys that containers mount as files, by `subPath`. For volumes that list their items, only a path missing from the list is
 * returned: no key can provide it.
 */
export function subPathsOf(spec: unknown, path: string): readonly PodReference[] {
  const volumes = new Map(items(spec, 'volumes').map((volume) => [textAt(volume, 'name'), volume]));
  return (['containers', 'initContainers'] as const).flatMap((field) =>
    items(spec, field).flatMap((container, index) =>
      items(container, 'volumeMounts').flatMap((mount, place): readonly PodReference[] => {
        const [file = ''] = (textAt(mount, 'subPath') ?? '').split('/');
        const volume = volumes.get(textAt(mount, 'name'));
        const [map, secret] = [fieldsAt(volume, 'configMap'), fieldsAt(volume, 'secret')];
        const listed = [...items(map, 'items'), ...items(secret, 'items')].map(
          (item) => (textAt(item, 'path') ?? '').split('/')[0],
        );
        if (file === '' || listed.includes(file)) return [];
        const where = `${path}.${field}[name=${textAt(container, 'name') ?? index}].volumeMounts[${place}].subPath`;
        return [...target('ConfigMap', map, 'name', where, [file]), ...target('Secret', secret, 'secretName', where, [file])].map(
          (one) => ({ ...one, path: where }),
        );
      }),
    ),
  );
}

/**
 * The ConfigMaps and Secrets, as `ConfigMap/name`, that containers read only when they start: in environment variables, and as
 * files mounted by `subPath`. The kubelet updates files of other mounts. Includes optional references.
 */
export function readAtStart(spec: unknown): ReadonlySet<string> {
  const containers = [...items(spec, 'containers'), ...items(spec, 'initContainers')];
  const volumes = items(spec, 'volumes');
  const name = (kind: string, source: unknown, field = 'name') => {
    const found = textAt(source, field);
    return found === undefined ? [] : [`${kind}/${found}`];
  };
  const both = (source: unknown, map: string, secret: string, field?: string) => [
    ...name('ConfigMap', at(source, map)),
    ...name('Secret', at(source, secret), field),
  ];
  const ofMount = (mount: Fields) =>
    (textAt(mount, 'subPath') ?? textAt(mount, 'subPathExpr')) === undefined
      ? []
      : volumes
          .filter((volume) => textAt(volume, 'name') === textAt(mount, 'name'))
          .flatMap((volume) => [
            ...both(volume, 'configMap', 'secret', 'secretName'),
            ...items(volume, 'projected', 'sources').flatMap((part) => both(part, 'configMap', 'secret')),
          ]);
  return new Set(
    containers.flatMap((container) => [
      ...items(container, 'envFrom').flatMap((one) => both(one, 'configMapRef', 'secretRef')),
      ...items(container, 'env').flatMap((one) => both(at(one, 'valueFrom'), 'configMapKeyRef', 'secretKeyRef')),
      ...items(container, 'volumeMounts').flatMap(ofMount),
    ]),
  );
}
