import { nearestName } from '../../errors/nearest';
import { at } from '../../kube/fields';
import { addressesOf, serviceOf } from '../inventory/connections';
import { itemsAt } from '../inventory/inventory';
import { isExternal } from '../model/context';
import { type Found, rule, say } from '../model/rule';

/** An address in the environment that leads to a Service that does not exist. */
export const danglingAddress = rule(
  'DANGLING_ADDRESS',
  'error',
  'Take the address from the construct, declare it as external, or correct the name.',
  (all, context) =>
    addressesOf(all).flatMap((address): readonly Found[] => {
      const { workload, host, path } = address;
      const service = serviceOf(address);
      if (service === undefined || isExternal(context, host)) return [];
      const { object } = workload;
      if (all.has('Service', service.namespace, service.name)) return [];
      const there = all.namesOf('Service', service.namespace);
      // Another namespace is another release; a domain is anybody's.
      const foreign = service.namespace !== workload.namespace;
      if (foreign && there.length === 0) return [];
      const severity = context.scope === 'stack' ? 'error' : 'warning';
      return say(object, path, 'there is no Service of that name', {
        got: host,
        nearest: nearestName(service.name, there),
        severity,
      });
    }),
);

/** An address with a port that its Service does not have. */
export const addressPort = rule('ADDRESS_PORT', 'error', 'Call a port of the Service, not of the container behind it.', (all) =>
  addressesOf(all).flatMap((address): readonly Found[] => {
    const { workload, host, port, path } = address;
    const name = serviceOf(address);
    const service = name === undefined ? undefined : all.find('Service', name.namespace, name.name);
    if (service === undefined || port === undefined || at(service, 'spec', 'type') === 'ExternalName') return [];
    const ports = itemsAt(service, 'spec', 'ports').map((one) => at(one, 'port'));
    // Without an address of its own the Service's ports are the pods'.
    if (ports.includes(port) || at(service, 'spec', 'clusterIP') === 'None') return [];
    return [
      { object: workload.object, path, message: `Service/${host} has no such port`, got: port, expected: ports.join(', ') },
    ];
  }),
);
