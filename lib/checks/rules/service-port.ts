import { nearestName } from '../../errors/nearest';
import { at, type Fields, textAt } from '../../kube/fields';
import { itemsAt, type Workload } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

/** Ports that a workload's containers declare: names, and numbers as text. */
export function portsOf({ containers }: Pick<Workload, 'containers'>): readonly string[] {
  return containers.flatMap(({ fields }) =>
    itemsAt(fields, 'ports').flatMap((port) => [textAt(port, 'name') ?? [], String(at(port, 'containerPort'))].flat()),
  );
}

const targetOf = (port: Fields) => at(port, 'targetPort') ?? at(port, 'port');

/** A Service port with a target port that its pods do not have. */
export const servicePort = rule(
  'SERVICE_PORT',
  'error',
  'Name a port of the container.',
  (all) =>
    all.ofKind('Service').flatMap((object) => {
      const there = [...new Set(all.backendsOf(object).flatMap(portsOf))];
      const ports = itemsAt(object, 'spec', 'ports');
      const missing = (port: Fields) => !there.includes(String(targetOf(port)));
      return ports.flatMap((port, index): readonly Found[] => {
        const target = targetOf(port);
        // Pods need not declare port numbers, but if they declare others and not this one, it is usually a mistake.
        if (all.backendsOf(object).length === 0 || !missing(port) || (typeof target === 'number' && there.length === 0))
          return [];
        const nearest = nearestName(String(target), there);
        // A port name that only some of the pods have (follower, election) leaves the other ports working.
        const partly = nearest === undefined && !ports.every(missing);
        const severity = typeof target === 'number' || partly ? 'warning' : 'error';
        const path = `spec.ports[${index}].targetPort`;
        return say(object, path, 'its pods have no such port', { got: target, expected: there.join(', '), nearest, severity });
      });
    }),
  'kube-linter:invalid-target-ports',
);
