import { nearestName } from '../../errors/nearest';
import { at, type Fields, fieldsAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { itemsAt, namespaceOf } from '../inventory/inventory';
import { isExternal } from '../model/context';
import { type Found, rule, say } from '../model/rule';

/** Services that an Ingress routes to, each with its path in the object. */
export function backendsOf(ingress: KubeObject): readonly { readonly service: Fields; readonly path: string }[] {
  const rules = itemsAt(ingress, 'spec', 'rules').flatMap((one, index) =>
    itemsAt(one, 'http', 'paths').map((path, inner) => ({
      service: fieldsAt(path, 'backend', 'service'),
      path: `spec.rules[${index}].http.paths[${inner}].backend.service`,
    })),
  );
  const fallback = { service: fieldsAt(ingress, 'spec', 'defaultBackend', 'service'), path: 'spec.defaultBackend.service' };
  return [...rules, fallback].filter(({ service }) => service.name !== undefined);
}

/** Services in its own namespace that a Gateway API route routes to. */
function routeBackends(route: KubeObject): ReturnType<typeof backendsOf> {
  return itemsAt(route, 'spec', 'rules').flatMap((one, index) =>
    itemsAt(one, 'backendRefs').flatMap(({ kind = 'Service', group = '', name, namespace, port }, inner) => {
      const own = namespace === undefined || namespace === namespaceOf(route);
      if (kind !== 'Service' || group !== '' || !own || name === undefined) return [];
      const service = { name, ...(port === undefined ? {} : { port: { number: port } }) };
      return [{ service, path: `spec.rules[${index}].backendRefs[${inner}]` }];
    }),
  );
}

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TCPRoute', 'TLSRoute'];

/** An Ingress or a route to a missing Service or Service port. */
export const danglingIngress = rule(
  'DANGLING_INGRESS',
  'error',
  'Name a Service of the same namespace and one of its ports.',
  (all, context) =>
    [...all.ofKind('Ingress'), ...ROUTES.flatMap((kind) => all.ofKind(kind))].flatMap((object) =>
      [...backendsOf(object), ...(object.kind === 'Ingress' ? [] : routeBackends(object))].flatMap(
        ({ service, path }): readonly Found[] => {
          const name = String(service.name);
          if (isExternal(context, `Service/${name}`)) return [];
          const there = all.find('Service', namespaceOf(object), name);
          if (there === undefined) {
            const names = all.namesOf('Service', namespaceOf(object));
            const severity = names.length === 0 && context.scope !== 'stack' ? 'warning' : 'error';
            return say(object, `${path}.name`, 'there is no such Service', {
              got: name,
              nearest: nearestName(name, names),
              severity,
            });
          }
          const ports = itemsAt(there, 'spec', 'ports');
          const { number, name: portName } = fieldsAt(service, 'port');
          if (service.port === undefined && object.kind !== 'Ingress') return [];
          if (ports.some((port) => (number === undefined ? textAt(port, 'name') === portName : at(port, 'port') === number)))
            return [];
          const expected = ports.map((port) => `${textAt(port, 'name') ?? ''} ${at(port, 'port')}`.trim()).join(', ');
          return [
            { object, path: `${path}.port`, message: `Service/${name} has no such port`, got: number ?? portName, expected },
          ];
        },
      ),
    ),
  'kube-linter:dangling-ingress kube-score:ingress-targets-service',
);

/** A rule without paths: the API server rejects it, or the controller serves nothing. */
export const ingressWithoutPath = rule('INGRESS_WITHOUT_PATH', 'error', 'Give every host a path and its type.', (all) =>
  all.ofKind('Ingress').flatMap((object) =>
    itemsAt(object, 'spec', 'rules').flatMap((one, index): readonly Found[] => {
      if (itemsAt(one, 'http', 'paths').length > 0) return [];
      return [{ object, path: `spec.rules[${index}].http.paths`, message: 'the host has no path', got: textAt(one, 'host') }];
    }),
  ),
);
