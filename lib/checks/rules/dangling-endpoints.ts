import { nearestName } from '../../errors/nearest';
import { type Fields, fieldsAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** Label with which an EndpointSlice references its Service. */
const SERVICE_NAME = 'kubernetes.io/service-name';

/** Static addresses that no Service uses. */
export const danglingEndpoints: Rule = rule(
  'DANGLING_ENDPOINTS',
  'error',
  `Name the Service in the label ${SERVICE_NAME}, and its ports as the Service does.`,
  (all) => [
    ...all.ofKind('EndpointSlice').flatMap((slice) => {
      const name = textAt(slice, 'metadata', 'labels', SERVICE_NAME);
      const path = `metadata.labels["${SERVICE_NAME}"]`;
      if (name === undefined) {
        const names = withoutSelector(all, namespaceOf(slice));
        return [
          {
            object: slice,
            path,
            message: 'the EndpointSlice names no Service',
            nearest: nearestName(slice.metadata.name, names),
          },
        ];
      }
      return mistakesOf(all, slice, name, path, itemsAt(slice, 'ports'));
    }),
    ...all.ofKind('Endpoints').flatMap((object) => {
      const ports = itemsAt(object, 'subsets').flatMap((subset) => itemsAt(subset, 'ports'));
      return mistakesOf(all, object, object.metadata.name, 'metadata.name', ports);
    }),
  ],
);

function mistakesOf(all: Inventory, object: KubeObject, name: string, path: string, ports: readonly Fields[]): readonly Found[] {
  const namespace = namespaceOf(object);
  const service = all.find('Service', namespace, name);
  if (service === undefined) {
    const nearest = nearestName(name, withoutSelector(all, namespace));
    // The Service may be in the cluster, and leader elections used to use Endpoints.
    const severity = nearest === undefined ? 'warning' : 'error';
    return [{ object, path, message: 'there is no Service of that name', got: name, nearest, severity }];
  }
  if (Object.keys(fieldsAt(service, 'spec', 'selector')).length > 0) {
    const message = 'the Service selects pods, whose addresses its controller adds to these';
    return [{ object, path, message, got: name, severity: 'warning' }];
  }
  const known = itemsAt(service, 'spec', 'ports').map((port) => textAt(port, 'name') ?? '');
  return ports.flatMap((port, index): readonly Found[] => {
    const portName = textAt(port, 'name') ?? '';
    if (known.includes(portName)) return [];
    const field = object.kind === 'EndpointSlice' ? `ports[${index}].name` : 'subsets';
    const message = `Service/${name} has no port of that name, and sends no traffic to this one`;
    return [{ object, path: field, message, got: portName, expected: known.join(', ') || 'no name' }];
  });
}

/** Names of the Services that need static addresses. */
function withoutSelector(all: Inventory, namespace: string): readonly string[] {
  return all
    .ofKind('Service')
    .filter((one) => namespaceOf(one) === namespace && isWithoutSelector(one))
    .map(({ metadata }) => metadata.name);
}

/** Whether a Service has neither a selector nor an external name. */
export function isWithoutSelector(service: KubeObject): boolean {
  return textAt(service, 'spec', 'type') !== 'ExternalName' && Object.keys(fieldsAt(service, 'spec', 'selector')).length === 0;
}

/** Whether there are static endpoints for a Service without a selector. */
export function hasEndpoints(all: Inventory, service: KubeObject): boolean {
  const [namespace, { name }] = [namespaceOf(service), service.metadata];
  return (
    all.has('Endpoints', namespace, name) ||
    all
      .ofKind('EndpointSlice')
      .some((slice) => namespaceOf(slice) === namespace && textAt(slice, 'metadata', 'labels', SERVICE_NAME) === name)
  );
}
