import { nearestName } from '../../errors/nearest';
import { at, fieldsAt, textAt } from '../../kube/fields';
import { itemsAt, namespaceOf, type Workload } from '../inventory';
import { type Found, rule } from '../rule';

/** The ports that a workload's containers declare: names, and numbers as text. */
export function portsOf({ containers }: Pick<Workload, 'containers'>): readonly string[] {
  return containers.flatMap(({ fields }) =>
    itemsAt(fields, 'ports').flatMap((port) => [textAt(port, 'name') ?? [], String(at(port, 'containerPort'))].flat()),
  );
}

/** A Service port that leads to a port which its pods do not have. */
export const servicePort = rule(
  'SERVICE_PORT',
  'error',
  'Name a port of the container.',
  (all) =>
    all.ofKind('Service').flatMap((object) => {
      const selector = fieldsAt(object, 'spec', 'selector');
      const pods = Object.keys(selector).length === 0 ? [] : all.selected(namespaceOf(object), { matchLabels: selector });
      return itemsAt(object, 'spec', 'ports').flatMap((port, index) =>
        pods.flatMap((workload): readonly Found[] => {
          const target = at(port, 'targetPort') ?? at(port, 'port');
          const there = portsOf(workload);
          if (there.includes(String(target))) return [];
          // A number need not be declared; that others are and this one is not is a mistake most of the time.
          if (typeof target === 'number' && there.length === 0) return [];
          const severity = typeof target === 'number' ? 'warning' : 'error';
          const nearest = nearestName(String(target), there);
          const path = `spec.ports[${index}].targetPort`;
          return [
            { object, path, message: 'its pods have no such port', got: target, expected: there.join(', '), nearest, severity },
          ];
        }),
      );
    }),
  'kube-linter:invalid-target-ports',
);
