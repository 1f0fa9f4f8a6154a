import { nearestName } from '../../errors/nearest';
import { at } from '../../kube/fields';
import { addressesInObjects, addressesOf, type Place, serviceOf } from '../inventory/addresses';
import { type Inventory, itemsAt } from '../inventory/inventory';
import { isExternal } from '../model/context';
import { type Found, rule, say } from '../model/rule';

/** An address in the environment of a Service that does not exist. */
export const danglingAddress = rule(
  'DANGLING_ADDRESS',
  'error',
  'Take the address from the construct, declare it as external, or correct the name.',
  (all, context) =>
    once([...addressesOf(all), ...addressesInObjects(all).filter(isInCluster)]).flatMap((address): readonly Found[] => {
      const { object, host, path } = address;
      const service = serviceOf(address);
      if (service === undefined || isExternal(context, host)) return [];
      if (all.has('Service', service.namespace, service.name)) return [];
      const there = all.namesOf('Service', service.namespace);
      // Another namespace is another release; a domain may be anything.
      const foreign = service.namespace !== address.namespace;
      if (foreign && there.length === 0) return [];
      const severity = context.scope === 'stack' ? 'error' : 'warning';
      return say(object, path, 'there is no Service of that name', {
        got: host,
        nearest: nearestName(service.name, there),
        severity,
      });
    }),
);

/** In a configuration file, only hosts that are certainly Services count. */
const isInCluster = ({ host }: Place) => /\.svc(?:\.cluster\.local)?$/.test(host);

/** An address with a port that its Service does not have. */
export const addressPort = rule('ADDRESS_PORT', 'error', 'Call a port of the Service, not of the container behind it.', (all) => {
  const called = once(addressesOf(all)).flatMap((place) => portOf(all, place));
  const seen = new Set(called.map(({ object, path }) => `${object.metadata.name} ${path}`));
  const written = addressesInObjects(all).flatMap((place) => portOf(all, place));
  return [
    ...called,
    // It is unknown how a program uses a file: examples and comments are text as well.
    ...written
      .filter(({ object, path }) => !seen.has(`${object.metadata.name} ${path}`))
      .map((found): Found => ({ ...found, severity: found.object.kind === 'ConfigMap' ? 'warning' : 'error' })),
  ];
});

function portOf(all: Inventory, place: Place): readonly Found[] {
  const { object, host, path } = place;
  const port = place.port ?? place.defaultPort;
  const name = serviceOf(place);
  const service = name === undefined ? undefined : all.find('Service', name.namespace, name.name);
  if (service === undefined || port === undefined || at(service, 'spec', 'type') === 'ExternalName') return [];
  const ports = itemsAt(service, 'spec', 'ports').map((one) => at(one, 'port'));
  // For a headless Service, the ports are those of the pods.
  if (ports.includes(port) || at(service, 'spec', 'clusterIP') === 'None') return [];
  return [{ object, path, message: `Service/${host} has no such port`, got: port, expected: ports.join(', ') }];
}

/** Each location once, however many workloads read it. */
function once<T extends Place>(places: readonly T[]): readonly T[] {
  const seen = new Set<string>();
  return places.filter(({ object, namespace, host, port, path }) => {
    const { size } = seen;
    return seen.add(`${namespace} ${object.kind} ${object.metadata.name} ${path} ${host} ${port}`).size > size;
  });
}
