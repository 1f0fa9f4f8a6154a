import { misspelled } from '../../errors/misspelled';
import { nearestName } from '../../errors/nearest';
import { at, type Fields, fieldsAt, listAt, textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

const ROUTES = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'];

/** A route that no listener takes: its status says so, and every request gets 404. */
export const routeUnattached: Rule = rule(
  'ROUTE_UNATTACHED',
  'error',
  'Name a listener that takes the route: by name, port, host and namespace.',
  (all) =>
    ROUTES.flatMap((kind) => all.ofKind(kind)).flatMap((object) => [
      ...attachments(all, object),
      ...itemsAt(object, 'spec', 'rules').flatMap((one, index) => [
        ...backends(object, one, `spec.rules[${index}]`),
        ...foreign(all, object, one, `spec.rules[${index}]`),
      ]),
    ]),
);

/** A route that one of several Gateways takes serves what that one serves. */
function attachments(all: Inventory, object: KubeObject): readonly Found[] {
  const parents = itemsAt(object, 'spec', 'parentRefs').map((parent, index) =>
    attachment(all, object, parent, `spec.parentRefs[${index}]`),
  );
  const attached = parents.some((found) => found.length === 0);
  return parents.flat().map((found) => (attached && found.path === 'spec.hostnames' ? { ...found, severity: 'warning' } : found));
}

function attachment(all: Inventory, object: KubeObject, parent: Fields, path: string): readonly Found[] {
  const {
    kind = 'Gateway',
    group = 'gateway.networking.k8s.io',
    namespace = namespaceOf(object),
    name,
    sectionName,
    port,
  } = parent;
  if (kind !== 'Gateway' || group !== 'gateway.networking.k8s.io' || typeof namespace !== 'string' || typeof name !== 'string')
    return [];
  const gateway = all.find('Gateway', namespace, name);
  if (gateway === undefined) {
    const nearest = misspelled(name, all.namesOf('Gateway', namespace));
    // The Gateway is often installed by others.
    return nearest === undefined
      ? []
      : [{ object, path: `${path}.name`, message: 'there is no such Gateway', got: name, nearest }];
  }
  const listeners = itemsAt(gateway, 'spec', 'listeners');
  const names = listeners.map((one) => String(one.name));
  if (sectionName !== undefined && !names.includes(String(sectionName)))
    return [
      {
        object,
        path: `${path}.sectionName`,
        message: `${displayName(gateway)} has no such listener`,
        got: sectionName,
        expected: names.join(', '),
        nearest: nearestName(String(sectionName), names),
      },
    ];
  const meant = listeners.filter(
    (one) => (sectionName === undefined || one.name === sectionName) && (port === undefined || one.port === port),
  );
  if (meant.length === 0)
    return [
      {
        object,
        path: `${path}.port`,
        message: `${displayName(gateway)} has no listener on that port`,
        got: port,
        expected: listeners.map((one) => one.port).join(', '),
      },
    ];
  const open = meant.filter(
    (one) => namespace === namespaceOf(object) || (textAt(one, 'allowedRoutes', 'namespaces', 'from') ?? 'Same') !== 'Same',
  );
  if (open.length === 0) {
    const message = `the listeners of ${displayName(gateway)} take routes of its own namespace only`;
    return [
      {
        object,
        path,
        message,
        got: namespaceOf(object),
        expected: `namespace ${namespace}, or allowedRoutes.namespaces.from: All`,
      },
    ];
  }
  const hosts = listAt(object, 'spec', 'hostnames').map(String);
  const served = open.flatMap((one) => textAt(one, 'hostname') ?? '*');
  if (hosts.length === 0 || served.some((one) => one === '*' || hosts.some((host) => intersect(one, host)))) return [];
  return [
    {
      object,
      path: 'spec.hostnames',
      message: `no listener of ${displayName(gateway)} serves these hosts`,
      got: hosts.join(', '),
      expected: served.join(', '),
    },
  ];
}

/** Whether two host names, either of them with a wildcard, have a host in common. */
function intersect(a: string, b: string): boolean {
  if (a === b) return true;
  if (a.startsWith('*.') && b.endsWith(a.slice(1))) return true;
  return b.startsWith('*.') && a.endsWith(b.slice(1));
}

function backends(object: KubeObject, one: Fields, path: string): readonly Found[] {
  const refs = itemsAt(one, 'backendRefs');
  const silent = refs.length > 0 && refs.every(({ weight }) => weight === 0);
  return [
    ...refs.flatMap(({ kind = 'Service', group = '', port, name }, index): readonly Found[] =>
      kind === 'Service' && group === '' && port === undefined
        ? [
            {
              object,
              path: `${path}.backendRefs[${index}].port`,
              message: 'a Service needs its port',
              got: name,
              expected: 'a port of the Service',
            },
          ]
        : [],
    ),
    ...(silent
      ? [
          {
            object,
            path: `${path}.backendRefs`,
            message: 'all weights are 0, so every request is answered with 500',
            got: 0,
            expected: 'a weight above 0',
          },
        ]
      : []),
  ];
}

/** Services of other namespaces, which a route reaches only where these let it. */
function foreign(all: Inventory, object: KubeObject, one: Fields, path: string): readonly Found[] {
  return itemsAt(one, 'backendRefs').flatMap(({ namespace, name }, index): readonly Found[] => {
    if (typeof namespace !== 'string' || namespace === namespaceOf(object) || granted(all, object, namespace)) return [];
    // With a Service of others, the grant may come from them, too.
    if (!all.has('Service', namespace, String(name))) return [];
    const message = 'a Service of another namespace is reached only where a ReferenceGrant lets the route';
    const expected = `a ReferenceGrant in ${namespace}`;
    return [{ object, path: `${path}.backendRefs[${index}].namespace`, message, got: namespace, expected }];
  });
}

/** A listener that its Gateway does not accept. */
export const listenerInvalid: Rule = rule(
  'LISTENER_INVALID',
  'error',
  'Give each listener its own name, port and host, and a certificate that it may read.',
  (all) =>
    all
      .ofKind('Gateway')
      .filter(({ apiVersion }) => apiVersion.startsWith('gateway.networking.k8s.io/'))
      .flatMap((object) => {
        const seen = new Set<string>();
        return itemsAt(object, 'spec', 'listeners').flatMap((listener, index): readonly Found[] => {
          const path = `spec.listeners[${index}]`;
          const { protocol, name } = listener;
          const twice = seen.has(String(name));
          seen.add(String(name));
          const refs = itemsAt(listener, 'tls', 'certificateRefs');
          const passthrough = textAt(listener, 'tls', 'mode') === 'Passthrough';
          const bare =
            protocol === 'HTTPS' &&
            refs.length === 0 &&
            !passthrough &&
            Object.keys(fieldsAt(listener, 'tls', 'options')).length === 0;
          return [
            ...(twice ? [{ object, path: `${path}.name`, message: 'another listener has this name', got: name }] : []),
            ...(bare
              ? [
                  {
                    object,
                    path: `${path}.tls`,
                    message: 'a listener for HTTPS needs a certificate',
                    expected: 'tls.certificateRefs',
                  },
                ]
              : []),
            ...refs.flatMap((ref, place): readonly Found[] => {
              const namespace = textAt(ref, 'namespace') ?? namespaceOf(object);
              if (namespace === namespaceOf(object) || granted(all, object, namespace)) return [];
              // The grant may come with the Secret, from others.
              const severity = all.namesOf('Secret', namespace).length > 0 ? 'error' : 'warning';
              const message = 'a Secret of another namespace is read only where a ReferenceGrant lets it';
              return [
                {
                  object,
                  path: `${path}.tls.certificateRefs[${place}].namespace`,
                  message,
                  got: namespace,
                  expected: `a ReferenceGrant in ${namespace}`,
                  severity,
                },
              ];
            }),
          ];
        });
      }),
);

function granted(all: Inventory, object: KubeObject, target: string): boolean {
  return all.ofKind('ReferenceGrant').some(
    (grant) =>
      namespaceOf(grant) === target &&
      itemsAt(grant, 'spec', 'from').some(
        // An object without a namespace may go into any.
        (from) =>
          from.kind === object.kind &&
          (object.metadata.namespace === undefined || at(from, 'namespace') === object.metadata.namespace),
      ),
  );
}
