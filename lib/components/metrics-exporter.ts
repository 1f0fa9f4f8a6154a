import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import { Component, type ComponentProps } from '../stack/component';
import type { Workload } from '../stack/workload';

/** How Prometheus learns of the targets. Interval and labels are a monitor's; with annotations Prometheus itself decides. */
export type ScrapeMode =
  | {
      /** The pods say themselves where they are scraped; needs nothing in the cluster. This is the default. @default 'annotations' */
      readonly mode?: 'annotations';
    }
  | (ComponentProps & {
      /** A monitor for each target, of its pods or of its Service; needs the Prometheus operator. @default 'annotations' */
      readonly mode: 'pod-monitor' | 'service-monitor';
      /** How often a monitor scrapes. @default '30s' */
      readonly interval?: DurationLike;
      /** Labels by which the operator's Prometheus chooses monitors, such as `{ release: 'kube-prometheus-stack' }`. @default - none */
      readonly monitorLabels?: Readonly<Record<string, string>>;
    });

/** A component whose pods are scraped. */
export type ScrapeTarget = Pick<
  Workload,
  'node' | 'metricsPath' | 'metricsPort' | 'ports' | 'port' | 'allowScrape' | 'annotatePods' | 'selectorLabels' | 'resourceName'
>;

/** What a metrics exporter is told. */
export type MetricsExporterProps = ScrapeMode & {
  /** Whose metrics are scraped. */
  readonly targets: readonly ScrapeTarget[];
};

const MONITORS = {
  'pod-monitor': { kind: 'PodMonitor', endpoints: 'podMetricsEndpoints' },
  'service-monitor': { kind: 'ServiceMonitor', endpoints: 'endpoints' },
} as const;

/**
 * Has the metrics of other components scraped, the same in every environment.
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
      target.allowScrape(port);
      if (isMonitor(props)) this.#monitor(target, path, props);
      else annotate(target, path, port);
    }
  }

  protected override version(): undefined {
    return undefined;
  }

  /** Annotations make no object that could carry a name, labels or an interval; types say so, plain JavaScript is told here. */
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
