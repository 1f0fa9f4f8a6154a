import { type KindSchema, loadSchema } from '../../api-schema/schema';
import type { Obj } from '../../kube/fields';
import { groupOf } from '../../kube/object';
import type { Registry } from '../core/registry';

/** Response of a discovery URL; undefined for any other path. */
export function discover(registry: Registry, path: string, accept: string): Obj | undefined {
  const kinds = registry.kinds();
  const groups = groupList(kinds);
  if (path === '/version' || path === '/version/') return loadSchema().version;
  if (accept.includes('as=APIGroupDiscoveryList') && (path === '/api' || path === '/apis'))
    return aggregated(kinds, path === '/api');
  if (path === '/api') {
    const serverAddressByClientCIDRs = [{ clientCIDR: '0.0.0.0/0', serverAddress: '127.0.0.1' }];
    return { kind: 'APIVersions', versions: ['v1'], serverAddressByClientCIDRs };
  }
  if (path === '/apis') return { kind: 'APIGroupList', apiVersion: 'v1', groups };
  const match = /^\/(?:api|apis)\/([^/]+(?:\/[^/]+)?)\/?$/.exec(path);
  const apiVersion = match?.[1] ?? '';
  if (path.startsWith('/apis/') && !apiVersion.includes('/')) {
    const group = groups.find((entry) => entry.name === apiVersion);
    return group === undefined ? undefined : { kind: 'APIGroup', apiVersion: 'v1', ...group };
  }
  const mine = kinds.filter((kind) => kind.apiVersion === apiVersion);
  if (mine.length === 0 || path.startsWith('/api/') !== !apiVersion.includes('/')) return undefined;
  return { kind: 'APIResourceList', apiVersion: 'v1', groupVersion: apiVersion, resources: mine.flatMap(resources) };
}

function groupList(kinds: readonly KindSchema[]): Obj[] {
  const versions = new Map<string, Set<string>>();
  for (const { apiVersion } of kinds) {
    const group = groupOf(apiVersion);
    if (group === '') continue;
    versions.set(group, (versions.get(group) ?? new Set()).add(apiVersion));
  }
  return [...versions].map(([name, set]) => {
    const list = [...set].map((groupVersion) => ({ groupVersion, version: groupVersion.split('/')[1] ?? '' }));
    return { name, versions: list, preferredVersion: list[0] ?? {} };
  });
}

function resources(kind: KindSchema): Obj[] {
  const main: Obj = {
    name: kind.plural,
    singularName: kind.singular,
    namespaced: kind.namespaced,
    kind: kind.kind,
    verbs: [...kind.verbs],
    ...(kind.shortNames.length > 0 ? { shortNames: [...kind.shortNames] } : {}),
    ...(kind.categories.length > 0 ? { categories: [...kind.categories] } : {}),
  };
  return [main, ...modelledSubresources(kind).map((name) => subresource(kind, name))];
}

function subresource(kind: KindSchema, name: string): Obj {
  const base: Obj = { name: `${kind.plural}/${name}`, singularName: '', namespaced: kind.namespaced };
  if (name === 'scale') return { ...base, group: 'autoscaling', version: 'v1', kind: 'Scale', verbs: ['get', 'patch', 'update'] };
  return { ...base, kind: kind.kind, verbs: name === 'log' ? ['get'] : ['get', 'patch', 'update'] };
}

/** Subresources of a kind that the sandbox supports. */
export function modelledSubresources(kind: KindSchema): string[] {
  return kind.subresources.filter((name) => ['status', 'scale', 'log', 'finalize'].includes(name));
}

function aggregated(kinds: readonly KindSchema[], core: boolean): Obj {
  const groups = new Map<string, Map<string, Obj[]>>();
  for (const kind of kinds) {
    const group = groupOf(kind.apiVersion);
    if ((group === '') !== core) continue;
    const version = kind.apiVersion.slice(group === '' ? 0 : group.length + 1);
    const versions = groups.get(group) ?? new Map<string, Obj[]>();
    groups.set(group, versions);
    versions.set(version, [...(versions.get(version) ?? []), aggregatedResource(kind, group, version)]);
  }
  const items = [...groups].map(([name, versions]) => ({
    metadata: { name: name === '' ? null : name, creationTimestamp: null },
    versions: [...versions].map(([version, list]) => ({ version, resources: list, freshness: 'Current' })),
  }));
  return { kind: 'APIGroupDiscoveryList', apiVersion: 'apidiscovery.k8s.io/v2', metadata: {}, items };
}

function aggregatedResource(kind: KindSchema, group: string, version: string): Obj {
  const responseKind = { group, version, kind: kind.kind };
  return {
    resource: kind.plural,
    responseKind,
    scope: kind.namespaced ? 'Namespaced' : 'Cluster',
    singularResource: kind.singular,
    verbs: [...kind.verbs],
    shortNames: [...kind.shortNames],
    categories: [...kind.categories],
    subresources: modelledSubresources(kind).map((name) => ({
      subresource: name,
      responseKind: name === 'scale' ? { group: 'autoscaling', version: 'v1', kind: 'Scale' } : responseKind,
      verbs: name === 'log' ? ['get'] : ['get', 'patch', 'update'],
    })),
  };
}
