import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import { Component, type ComponentProps } from '../stack/component';
import type { Workload } from '../stack/workload';
import { refuseWrongTypes } from '../stack/wrong-types';

/**
 * How Prometheus discovers targets. Monitors set the interval and labels; with annotations, the Prometheus configuration does.
 */
export type ScrapeMode =
  | {
      /** Annotates the pods; needs no other objects in the cluster. @default 'annotations' */
      readonly mode?: 'annotations';
    }
  | (ComponentProps & {
      /** Creates a monitor per target, for its pods or its Service; needs the Prometheus Operator. @default 'annotations' */
      readonly mode: 'pod-monitor' | 'service-monitor';
      /** Scrape interval of a monitor. @default '30s' */
      readonly interval?: DurationLike;
      /** Labels by which Prometheus selects monitors, such as `{ release: 'kube-prometheus-stack' }`. @default - none */
      readonly monitorLabels?: Readonly<Record<string, string>>;
    });

/** A component with pods to scrape. */
export type ScrapeTarget = Pick<
  Workload,
  'node' | 'metricsPath' | 'metricsPort' | 'ports' | 'port' | 'allowScrape' | 'annotatePods' | 'selectorLabels' | 'resourceName'
>;

/** Properties for `MetricsExporter`. */
export type MetricsExporterProps = ScrapeMode & {
  /** Components to scrape. */
  readonly targets: readonly ScrapeTarget[];
};

const MONITORS = {
  'pod-monitor': { kind: 'PodMonitor', endpoints: 'podMetricsEndpoints' },
  'service-monitor': { kind: 'ServiceMonitor', endpoints: 'endpoints' },
} as const;

/**
 * Configures metric scraping of other components, identically in every environment.
 *
 * @example
 * const server = new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 * });
 * new MetricsExporter(stack, 'metrics', {
 *   mode: 'pod-monitor',
 *   monitorLabels: { release: 'kube-prometheus-stack' },
 *   targets: [server],
 * });
 */
export class MetricsExporter extends Component {
  constructor(scope: Construct, id: string, props: MetricsExporterProps) {
    refuseWrongTypes('MetricsExporter', scope, id, props);
    super(scope, id, 'metrics-exporter', isMonitor(props) ? props : {});
    const { targets } = props;
    if (!isMonitor(props)) this.#refuseMonitorProps(props);
    for (const target of targets) {
      const path = target.metricsPath;
      if (path === undefined) {
        this.report({
          code: 'NO_METRICS',
          path: 'targets',
          message: `${target.node.path} has no metrics`,
          expected: 'components with a metrics path',
          remedy: 'Leave it out, or give its runtime a metricsPath.',
        });
        continue;
      }
      const port = target.ports[target.metricsPort] ?? target.port;
      if (props.mode === 'service-monitor' && target.metricsPort === 'http' && port !== target.port) {
        this.report({
          code: 'INVALID_VALUE',
          path: 'mode',
          message: `the Service of ${target.node.path} leads to its proxy, which has other metrics`,
          got: props.mode,
          expected: "'pod-monitor'",
          remedy: "Set mode to 'pod-monitor', which scrapes the server itself.",
        });
      }
      target.allowScrape(port);
      if (isMonitor(props)) this.#monitor(target, path, props);
      else annotate(target, path, port);
    }
  }

  protected override version(): undefined {
    return undefined;
  }

  /** Annotations cannot carry a name, labels or an interval. The types forbid these; the check is for plain JavaScript. */
  #refuseMonitorProps(props: MetricsExporterProps): void {
    for (const path of Object.keys(props).filter((key) => key !== 'mode' && key !== 'targets')) {
      this.report({
        code: 'INVALID_VALUE',
        path,
        message: 'annotations cannot say it',
        expected: 'a monitor',
        remedy: "Set mode to 'pod-monitor' or 'service-monitor', or remove it.",
      });
    }
  }

  #monitor(target: ScrapeTarget, path: string, props: Extract<MetricsExporterProps, { mode: keyof typeof MONITORS }>): void {
    const { kind, endpoints } = MONITORS[props.mode];
    const interval = `${seconds(props.interval ?? '30s')}s`;
    this.manifest(target.node.id, { apiVersion: 'monitoring.coreos.com/v1', kind }, target.resourceName, () => ({
      ...(props.monitorLabels === undefined ? {} : { metadata: { name: target.resourceName, labels: props.monitorLabels } }),
      spec: { selector: { matchLabels: target.selectorLabels }, [endpoints]: [{ port: target.metricsPort, path, interval }] },
    }));
  }
}

function isMonitor(props: MetricsExporterProps): props is Extract<MetricsExporterProps, { mode: keyof typeof MONITORS }> {
  return props.mode !== undefined && props.mode !== 'annotations';
}

function annotate(target: ScrapeTarget, path: string, port: number): void {
  target.annotatePods({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(port), 'prometheus.io/path': path });
}
