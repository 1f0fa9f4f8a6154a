/** An object, or all of a kind when it has no name. */
export interface Address {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
}

/** Parameters of a request; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/** `/api/v1` or `/apis/apps/v1`. */
export function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

/** The path of an object or of a kind, and the query behind it. */
export function pathOf(
  { plural, namespaced }: Mapping,
  { apiVersion, namespace, name }: Address,
  sub = '',
  query: Query = {},
): string {
  const scope = namespaced && namespace ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  const object = name === undefined ? '' : `/${encodeURIComponent(name)}`;
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  const search = new URLSearchParams(set.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return `${groupPath(apiVersion)}${scope}/${plural}${object}${sub}${search === '' ? '' : `?${search}`}`;
}

/** How people write it: `Deployment/fraud-model in team-fraud`. */
export function nameOf({ kind, name, namespace }: Address): string {
  return `${name === undefined ? kind : `${kind}/${name}`}${namespace ? ` in ${namespace}` : ''}`;
}

/** Where a kind is served. */
export interface Mapping {
  readonly plural: string;
  readonly namespaced: boolean;
}
