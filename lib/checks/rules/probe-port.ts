import { nearestName } from '../../errors/nearest';
import { at, isFields } from '../../kube/fields';
import { type Found, rule, say } from '../rule';
import { portsOf } from './service-port';

const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;
const HANDLERS = ['httpGet', 'tcpSocket', 'grpc'] as const;

/** A probe of a port that its container does not have. */
export const probePort = rule(
  'PROBE_PORT',
  'error',
  'Ask a port of the container.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap((container) => {
        const there = portsOf({ containers: [container] });
        return PROBES.flatMap((probe) =>
          HANDLERS.flatMap((handler): readonly Found[] => {
            const where = at(container.fields, probe, handler);
            const port = at(where, 'port');
            if (!isFields(where) || port === undefined || there.includes(String(port))) return [];
            if (typeof port === 'number' && there.length === 0) return [];
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
