import { ServingError } from '../errors/problem';
import { isPathSegment } from '../kube/address';

/** An object, or all objects of a kind when it has no name. */
export interface Address {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Query parameters of a request; undefined ones are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` or `/apis/apps/v1`. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/**
 * The path of an object or of a kind, with its query. Throws for a name that would turn it into another path: with an empty name,
 * a deletion would apply to all objects.
 */
export function pathOf({ plural, namespaced }: Mapping, address: Address, sub = '', query: Query = {}): string {
  const { apiVersion, namespace, name } = address;
  const names = [...(name === undefined ? [] : [name]), ...(namespaced && namespace ? [namespace] : [])];
  if (!names.every(isPathSegment)) throw unaddressable(address);
  const scope = namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(set.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return `${groupPath(apiVersion)}${scope}/${plural}${object}${sub}${search === '' ? '' : `?${search}`}`;
}

function unaddressable(address: Address): ServingError {
  const message = 'no object can have this name or namespace';
  const remedy = 'Correct metadata.name and metadata.namespace.';
  const got = [address.name, address.namespace];
  return new ServingError([{ code: 'MANIFEST_INVALID', subject: nameOf(address), message, got, remedy }]);
}

/** The readable form: `Deployment/fraud-model in team-fraud`. */
export function nameOf({ kind, name, namespace }: Address): string {
  return `${name === undefined ? kind : `${kind}/${name}`}${namespace ? ` in ${namespace}` : ''}`;
}

/** Where a kind is served. */
export interface Mapping {
  readonly plural: string;
  readonly namespaced: boolean;
}
