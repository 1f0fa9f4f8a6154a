import type { KindSchema } from '../../api-schema/schema';
import type { Obj } from '../../kube/fields';
import type { Registry } from '../core/registry';

const rootOf = (apiVersion: string): string => `${apiVersion.includes('/') ? 'apis' : 'api'}/${apiVersion}`;

/**
 * Response of `/openapi/v3`: the patchable kinds with their parameters. kubectl checks this before it
 * leaves validation to the server; the types themselves are not published.
 */
export function openApi(registry: Registry, path: string): Obj | undefined {
  if (!path.startsWith('/openapi/v3')) return undefined;
  const kinds = registry.kinds();
  if (path === '/openapi/v3' || path === '/openapi/v3/') {
    const versions = [...new Set(kinds.map((kind) => rootOf(kind.apiVersion)))];
    return { paths: Object.fromEntries(versions.map((root) => [root, { serverRelativeURL: `/openapi/v3/${root}` }])) };
  }
  const root = path.slice('/openapi/v3/'.length);
  const mine = kinds.filter((kind) => rootOf(kind.apiVersion) === root);
  if (mine.length === 0) return undefined;
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'sandbox' },
    paths: Object.fromEntries(
      mine.map((kind) => [
        `/${root}/${kind.namespaced ? 'namespaces/{namespace}/' : ''}${kind.plural}/{name}`,
        { patch: operation(kind) },
      ]),
    ),
    components: { schemas: {} },
  };
}

function operation(kind: KindSchema): Obj {
  const [version = '', group = ''] = kind.apiVersion.split('/').reverse();
  const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
    name,
    in: 'query',
    schema: { type: 'string' },
  }));
  return {
    operationId: `patch${kind.kind}`,
    parameters,
    responses: {},
    'x-kubernetes-group-version-kind': { group, version, kind: kind.kind },
  };
}
