import { isFields } from './fields';

/** Returns the new name for references to an object of a kind; the value itself if it keeps its name. */
export type Rename = (kind: 'ConfigMap' | 'Secret' | 'ServiceAccount', name: unknown) => unknown;

/** A pod spec with references to ConfigMaps, Secrets and ServiceAccounts renamed, to point to copies. */
export function renamedReferences(value: unknown, rename: Rename): unknown {
  if (Array.isArray(value)) return value.map((item) => renamedReferences(item, rename));
  if (!isFields(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([field, inner]) => {
      if (field === 'serviceAccountName') return [field, rename('ServiceAccount', inner)];
      if (!isFields(inner)) return [field, renamedReferences(inner, rename)];
      if (/^configMap(Ref|KeyRef)?$/.test(field)) return [field, { ...inner, name: rename('ConfigMap', inner.name) }];
      if (/^secret(Ref|KeyRef)$/.test(field)) return [field, { ...inner, name: rename('Secret', inner.name) }];
      if (field !== 'secret') return [field, renamedReferences(inner, rename)];
      const key = 'secretName' in inner ? 'secretName' : 'name'; // of a volume, or of a projected volume
      return [field, { ...inner, [key]: rename('Secret', inner[key]) }];
    }),
  );
}

/** Kinds that a pod refers to and a release may create: a candidate gets copies, so that the stack stays unchanged. */
const COPIED = ['ConfigMap', 'Secret', 'ServiceAccount'];

/** The objects that a candidate needs under other names: those that a release creates or changes. */
export function copiedFor<T extends { readonly action: string; readonly manifest?: unknown }>(
  planned: readonly T[],
): readonly T[] {
  return planned.filter(
    ({ action, manifest }) => action !== 'unchanged' && isFields(manifest) && COPIED.includes(String(manifest.kind)),
  );
}
