import { nearestName } from '../../errors/nearest';
import { at, textAt } from '../../kube/fields';
import { itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';
import { portsOf } from './service-port';

/** A monitor that scrapes nothing: no matching Service, pods or port. */
export const danglingMonitor = rule(
  'DANGLING_MONITOR',
  'error',
  'Select by labels, and name a port, that the targets have.',
  (all) =>
    ['PodMonitor', 'ServiceMonitor'].flatMap((kind) =>
      all.ofKind(kind).flatMap((object): readonly Found[] => {
        if (at(object, 'spec', 'namespaceSelector') !== undefined) return [];
        const selector = at(object, 'spec', 'selector');
        const namespace = namespaceOf(object);
        const services = all.servicesLabeled(namespace, selector);
        const pods = kind === 'PodMonitor' ? all.selected(namespace, selector) : [];
        if (services.length === 0 && pods.length === 0)
          return [{ object, path: 'spec.selector', message: 'the selector matches nothing to scrape' }];
        const ports = [
          ...pods.flatMap((one) => portsOf(one)),
          ...(kind === 'PodMonitor'
            ? []
            : services.flatMap((one) => itemsAt(one, 'spec', 'ports').flatMap((port) => textAt(port, 'name') ?? []))),
        ];
        const field = kind === 'PodMonitor' ? 'podMetricsEndpoints' : 'endpoints';
        return itemsAt(object, 'spec', field).flatMap((endpoint, index): readonly Found[] => {
          const port = textAt(endpoint, 'port');
          if (port === undefined || ports.includes(port)) return [];
          const path = `spec.${field}[${index}].port`;
          return say(object, path, 'its targets have no such port', {
            got: port,
            expected: ports.join(', '),
            nearest: nearestName(port, ports),
          });
        });
      }),
    ),
  'kube-linter:dangling-servicemonitor',
);

/** Scrape annotations with a port that the pod does not have. */
export const scrapePort = rule('SCRAPE_PORT', 'style', 'Name the container port that serves the metrics.', ({ workloads }) =>
  workloads.flatMap((workload): readonly Found[] => {
    const got = workload.annotations['prometheus.io/port'];
    const there = portsOf(workload);
    if (
      workload.annotations['prometheus.io/scrape'] !== 'true' ||
      got === undefined ||
      there.length === 0 ||
      there.includes(String(got))
    )
      return [];
    const path = `${workload.path.replace(/spec$/, 'metadata')}.annotations.prometheus.io/port`;
    return [{ object: workload.object, path, message: 'the pod has no such port', got, expected: there.join(', ') }];
  }),
);
