import { nearestName } from '../../errors/nearest';
import { milliseconds } from '../../kube/duration';
import { at, fieldsAt, listAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
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
        const times = kind === 'PodMonitor' ? intervals(object, 'podMetricsEndpoints') : intervals(object, 'endpoints');
        if (at(object, 'spec', 'namespaceSelector') !== undefined) return [...times, ...elsewhere(all, object)];
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
          if (index === 0 && times.length > 0) return times;
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

/** A duration of Prometheus: `30s`, `1m30s`. */
const DURATION = /^(?:0|(?:\d+y)?(?:\d+w)?(?:\d+d)?(?:\d+h)?(?:\d+m)?(?:\d+s)?(?:\d+ms)?)$/;

/** Times that Prometheus does not read, or a timeout above its interval: the operator leaves the monitor out. */
function intervals(object: KubeObject, field: string): readonly Found[] {
  return itemsAt(object, 'spec', field).flatMap((endpoint, index): readonly Found[] => {
    const path = `spec.${field}[${index}]`;
    const wrong = ['interval', 'scrapeTimeout'].flatMap((name): readonly Found[] => {
      const got = textAt(endpoint, name);
      if (got === undefined || DURATION.test(got)) return [];
      return [
        {
          object,
          path: `${path}.${name}`,
          message: 'Prometheus reads no such duration',
          got,
          expected: 'a duration such as 30s',
        },
      ];
    });
    const [interval, timeout] = [textAt(endpoint, 'interval'), textAt(endpoint, 'scrapeTimeout')];
    if (wrong.length > 0 || !interval || !timeout || (milliseconds(timeout) ?? 0) <= (milliseconds(interval) ?? 0)) return wrong;
    return [
      {
        object,
        path: `${path}.scrapeTimeout`,
        message: 'the timeout is above the interval',
        got: timeout,
        expected: `at most ${interval}`,
      },
    ];
  });
}

/** Namespaces that the folder does not have, while it has the Service that the labels mean in another one. */
function elsewhere(all: Inventory, object: KubeObject): readonly Found[] {
  const names = listAt(object, 'spec', 'namespaceSelector', 'matchNames').map(String);
  const selector = at(object, 'spec', 'selector');
  if (object.kind !== 'ServiceMonitor' || names.length === 0 || Object.keys(fieldsAt(selector, 'matchLabels')).length === 0)
    return [];
  const home = [...new Set(all.ofKind('Service').map(namespaceOf))];
  const there = home.filter((namespace) => all.servicesLabeled(namespace, selector).length > 0);
  if (there.length === 0 || names.some((name) => home.includes(name))) return [];
  const message = 'the Services with these labels are in another namespace';
  return [
    {
      object,
      path: 'spec.namespaceSelector.matchNames',
      message,
      got: names.join(', '),
      expected: there.join(', '),
      severity: 'warning',
    },
  ];
}

/** Scrape annotations with a port that the pod does not have. */
export const scrapePort = rule('SCRAPE_PORT', 'style', 'Name the container port that serves the metrics.', (all) => [
  ...all.ofKind('Service').flatMap((object): readonly Found[] => {
    const got = object.metadata.annotations?.['prometheus.io/port'];
    if (got === undefined || /^\d+$/.test(got)) return [];
    return [
      {
        object,
        path: 'metadata.annotations["prometheus.io/port"]',
        message: 'Prometheus wants the number of the port',
        got,
        expected: 'a number',
      },
    ];
  }),
  ...all.workloads.flatMap((workload): readonly Found[] => {
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
]);
