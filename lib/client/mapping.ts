import { type Problem, ServingError } from '../errors/problem';
import { isPathSegment } from '../kube/address';
import { kindInfo } from '../kube/kinds';
import { type Resource, resourcesIn } from './answers';
import type { Caller } from './caller';
import { ApiError } from './errors';
import { groupPath, type Mapping } from './paths';

type Typed = { readonly apiVersion: string; readonly kind: string };

/** Finds where kinds are served: known kinds without a request, others with one request per group version. */
export function mappings(caller: Caller): (object: Typed) => Promise<Mapping> {
  const asked = new Map<string, Promise<readonly Resource[]>>();
  const discover = (apiVersion: string): Promise<readonly Resource[]> => {
    const known = asked.get(apiVersion);
    if (known !== undefined) return known;
    const call = { method: 'GET', path: groupPath(apiVersion), subject: `discover ${apiVersion}` } as const;
    const answer = caller.json(call, resourcesIn).catch((error: unknown) => {
      asked.delete(apiVersion);
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
    });
    asked.set(apiVersion, answer);
    return answer;
  };
  return async (object) => {
    const info = kindInfo(object);
    if (info !== undefined) return info;
    if (!object.apiVersion.split('/').every(isPathSegment)) throw notServed(object);
    const resources = await discover(object.apiVersion);
    // Names with a slash are subresources.
    const found = resources.find(({ kind, name }) => kind === object.kind && isPathSegment(name));
    if (found !== undefined) return { plural: found.name, namespaced: found.namespaced };
    // Its CRD may be on its way, so the next lookup sends a new request.
    asked.delete(object.apiVersion);
    throw notServed(object);
  };
}

/** The error for a kind that the cluster does not serve. */
export function notServed({ apiVersion, kind }: Typed): ServingError {
  const remedy = 'Install its custom resource definition, or use an API version that the cluster serves.';
  return new ServingError([
    { code: 'KIND_NOT_SERVED', subject: `${apiVersion} ${kind}`, message: 'the cluster does not know this kind', remedy },
  ]);
}

/** The problem of an error which reports that the cluster does not serve a kind. */
export function unservedKind(error: unknown): Problem | undefined {
  return error instanceof ServingError ? error.problems.find(({ code }) => code === 'KIND_NOT_SERVED') : undefined;
}
