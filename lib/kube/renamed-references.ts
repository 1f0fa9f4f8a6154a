import { isFields } from './fields';

/** Gives the name that an object of a kind is to be referred to by; the value itself where it keeps its name. */
export type Rename = (kind: 'ConfigMap' | 'Secret' | 'ServiceAccount', name: unknown) => unknown;

/** A pod spec that refers to ConfigMaps, Secrets and ServiceAccounts by other names: to copies of them. */
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
      const key = 'secretName' in inner ? 'secretName' : 'name'; // a volume's, or a projected volume's
      return [field, { ...inner, [key]: rename('Secret', inner[key]) }];
    }),
  );
}

/** Kinds that a pod names and that may be new with a release: a candidate gets copies, so that the stack is not touched. */
const COPIED = ['ConfigMap', 'Secret', 'ServiceAccount'];

/** The objects that a candidate needs under other names: those that a release creates or changes. */
export function copiedFor<T extends { readonly action: string; readonly manifest?: unknown }>(
  planned: readonly T[],
): readonly T[] {
  return planned.filter(
    ({ action, manifest }) => action !== 'unchanged' && isFields(manifest) && COPIED.includes(String(manifest.kind)),
  );
}
