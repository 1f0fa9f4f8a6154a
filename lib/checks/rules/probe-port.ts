import { nearestName } from '../../errors/nearest';
import { at, isFields } from '../../kube/fields';
import type { Container } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';
import { portsOf } from './service-port';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HANDLERS = ['httpGet', 'tcpSocket', 'grpc'] as const;

/** Whether some probes of a container use declared ports, so that the others should too. */
function strays({ fields }: Container, there: readonly string[]): boolean {
  const asked = PROBES.flatMap((probe) => HANDLERS.flatMap((handler) => at(fields, probe, handler, 'port') ?? []));
  return asked.some((port) => there.includes(String(port)));
}

/** A probe with a port that its container does not have. */
export const probePort = rule(
  'PROBE_PORT',
  'error',
  'Ask a port of the container.',
  ({ workloads }, context) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap((container) => {
        const there = portsOf({ containers: [container] });
        return PROBES.flatMap((probe) =>
          HANDLERS.flatMap((handler): readonly Found[] => {
            const where = at(container.fields, probe, handler);
            const port = at(where, 'port');
            if (!isFields(where) || port === undefined || there.includes(String(port))) return [];
            // Port numbers need not be declared; health ports seldom are. If only some probes use undeclared ones, it is a slip.
            if (typeof port === 'number' && !strays(container, there) && context.scope !== 'stack') return [];
            const path = `${container.path}.${probe}.${handler}.port`;
            const nearest = nearestName(String(port), there);
            const severity = typeof port === 'number' ? 'warning' : 'error';
            return say(object, path, 'the container has no such port', {
              got: port,
              expected: there.join(', '),
              nearest,
              severity,
            });
          }),
        );
      }),
    ),
  'kube-linter:liveness-port kube-linter:readiness-port kube-linter:startup-port',
);
