import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import { Component, type ComponentProps } from '../stack/component';
import type { Workload } from '../stack/workload';

export interface MetricsExporterProps extends ComponentProps {
  /** Whose metrics are scraped. */
  readonly targets: readonly Workload[];
  /**
   * - `annotations`: the pods say themselves where they are scraped; needs nothing in the cluster
   * - `pod-monitor`: a PodMonitor for each target; needs the Prometheus operator
   * - `service-monitor`: a ServiceMonitor for each target; needs the operator, and a Service
   * @default 'annotations'
   */
  readonly mode?: 'annotations' | 'pod-monitor' | 'service-monitor';
  /** @default '30s' */
  readonly interval?: DurationLike;
  /** Labels by which the operator's Prometheus chooses monitors, such as `{ release: 'kube-prometheus-stack' }`. */
  readonly monitorLabels?: Readonly<Record<string, string>>;
}

const MONITORS = {
  'pod-monitor': { kind: 'PodMonitor', endpoints: 'podMetricsEndpoints' },
  'service-monitor': { kind: 'ServiceMonitor', endpoints: 'endpoints' },
} as const;

/** Has the metrics of other components scraped, the same in every environment. */
export class MetricsExporter extends Component {
  constructor(scope: Construct, id: string, props: MetricsExporterProps) {
    super(scope, id, 'metrics-exporter', props);
    const { targets, mode = 'annotations' } = props;
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
      target.allowScrape(target.port);
      if (mode === 'annotations') annotate(target, path);
      else this.#monitor(target, path, mode, props);
    }
  }

  protected override version(): undefined {
    return undefined;
  }

  #monitor(target: Workload, path: string, mode: keyof typeof MONITORS, props: MetricsExporterProps): void {
    const { kind, endpoints } = MONITORS[mode];
    const interval = `${seconds(props.interval ?? '30s')}s`;
    this.manifest(target.node.id, { apiVersion: 'monitoring.coreos.com/v1', kind }, target.resourceName, () => ({
      ...(props.monitorLabels === undefined ? {} : { metadata: { name: target.resourceName, labels: props.monitorLabels } }),
      spec: { selector: { matchLabels: target.selectorLabels }, [endpoints]: [{ port: 'http', path, interval }] },
    }));
  }
}

function annotate(target: Workload, path: string): void {
  target.annotatePods({ 'prometheus.io/scrape': 'true', 'prometheus.io/port': String(target.port), 'prometheus.io/path': path });
}
