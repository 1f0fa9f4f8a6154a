import type { Construct } from 'constructs';
import { contentHash } from '../kube/names';
import { burnRateRules, type Indicator } from '../metrics/burn-rate';
import { podsOfServer } from '../metrics/source';
import { LOAD_SIGNALS } from '../runtimes/metrics';
import { Component, type ComponentProps } from '../stack/component';
import type { ServiceObjectives } from '../stack/objectives';
import { refuseWrongTypes } from '../stack/wrong-types';
import { dashboard, type Shown } from './dashboard';
import type { ModelServer } from './model-server';

/** Objectives of one server. */
export type ServerObjectives = ServiceObjectives & {
  /** The server. */
  readonly of: ModelServer;
};

/** Properties for `Objectives`. */
export interface ObjectivesProps extends ComponentProps {
  /** Servers and their objectives. */
  readonly servers: readonly ServerObjectives[];
  /** Labels by which Prometheus selects rules, such as `{ release: 'kube-prometheus-stack' }`. @default - none */
  readonly ruleLabels?: Readonly<Record<string, string>>;
  /** Labels that Grafana's sidecar selects, or `'off'` for no dashboard. @default { grafana_dashboard: '1' } */
  readonly dashboardLabels?: Readonly<Record<string, string>> | 'off';
}

/**
 * Service level objectives: recording rules, multi-window error budget burn rate alerts, and a dashboard. The runtime provides
 * the series. Needs the Prometheus Operator.
 *
 * @example
 * const server = new ModelServer(stack, 'chat', {
 *   runtime: vllm({ version: '0.27.0' }),
 *   image: 'registry.company.com/vllm-openai:v0.27.0',
 *   model: Model.huggingFace({ repo: 'company/chat', revision: '0123456789abcdef0123456789abcdef01234567', size: '16Gi' }),
 *   gpu: { count: 1 },
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '32Gi' }, limits: { memory: '48Gi' } },
 * });
 * new Objectives(stack, 'objectives', {
 *   servers: [{ of: server, firstTokenSeconds: { below: 0.5, fraction: 0.95 }, requestSeconds: { below: 20, fraction: 0.99 } }],
 *   ruleLabels: { release: 'kube-prometheus-stack' },
 * });
 * @see https://sre.google/workbook/alerting-on-slos/
 */
export class Objectives extends Component {
  readonly #props: ObjectivesProps;

  constructor(scope: Construct, id: string, props: ObjectivesProps) {
    refuseWrongTypes('Objectives', scope, id, props);
    super(scope, id, 'objectives', props);
    this.#props = props;
    for (const server of props.servers) this.#check(server);
    const rules = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PrometheusRule' };
    this.manifest('Default', rules, this.resourceName, () => ({
      metadata: { name: this.resourceName, labels: props.ruleLabels ?? {} },
      spec: {
        groups: props.servers.flatMap((server) =>
          this.#indicators(server).map((indicator) => ({
            name: `${server.of.resourceName}.${indicator.name}`,
            rules: burnRateRules(indicator),
          })),
        ),
      },
    }));
    if (props.dashboardLabels !== 'off') this.#dashboard(props.dashboardLabels ?? { grafana_dashboard: '1' });
  }

  protected override version(): undefined {
    return undefined;
  }

  #dashboard(labels: Readonly<Record<string, string>>): void {
    this.manifest('Dashboard', { apiVersion: 'v1', kind: 'ConfigMap' }, this.resourceName, () => {
      const name = this.resourceName;
      const { namespace = '' } = this.settings;
      // Grafana identifies a dashboard by its UID, so it must be the same in every render.
      const uid = contentHash(`${namespace}/${name}`);
      const text = dashboard(
        `${name} (${namespace})`,
        uid,
        this.#props.servers.map((server) => this.#shown(server)),
      );
      return { metadata: { name, labels }, data: { [`${name}.json`]: text } };
    });
  }

  #shown(server: ServerObjectives): Shown {
    const { of } = server;
    return {
      name: of.resourceName,
      selector: this.#selector(of),
      indicators: this.#indicators(server),
      signals: LOAD_SIGNALS.flatMap((signal) => {
        const metric = of.metric(signal);
        return metric === undefined ? [] : [[signal, metric] as const];
      }),
    };
  }

  #selector(server: ModelServer): string {
    const { namespace } = this.settings;
    const pods = `pod=~${JSON.stringify(podsOfServer(server.resourceName))}`;
    return namespace === undefined ? pods : `namespace=${JSON.stringify(namespace)},${pods}`;
  }

  /** Objectives for which the runtime has series. */
  #indicators({ of, availability, requestSeconds, firstTokenSeconds }: ServerObjectives): readonly Indicator[] {
    const { namespace = '' } = this.settings;
    const selector = this.#selector(of);
    const labelsOf = (objective: string) => ({ namespace, server: of.resourceName, objective });
    const rate =
      (series: string, more = '') =>
      (window: string) =>
        `sum(rate(${series}{${selector}${more}}[${window}]))`;
    const found: Indicator[] = [];
    const requests = of.metric('requestSeconds');
    const errors = of.metric('errors');
    if (availability !== undefined && errors !== undefined && requests !== undefined) {
      const bad = rate(errors.series, errors.matchers === undefined ? '' : `,${errors.matchers}`);
      found.push({
        name: 'availability',
        labels: labelsOf('availability'),
        objective: availability,
        // A counter that was never incremented is often not exposed.
        bad: (window) => `(${bad(window)} or vector(0))`,
        all: rate(`${requests.series}_count`),
      });
    }
    for (const [name, signal, objective] of [
      ['request-seconds', 'requestSeconds', requestSeconds],
      ['first-token-seconds', 'firstTokenSeconds', firstTokenSeconds],
    ] as const) {
      const metric = of.metric(signal);
      if (objective === undefined || metric === undefined) continue;
      const all = rate(`${metric.series}_count`);
      const within = rate(`${metric.series}_bucket`, `,le=${JSON.stringify(String(objective.below))}`);
      found.push({
        name,
        labels: labelsOf(`${signal} below ${objective.below} s`),
        objective: objective.fraction,
        bad: (window) => `(${all(window)} - ${within(window)})`,
        all,
      });
    }
    return found;
  }

  #check(server: ServerObjectives): void {
    const { of, availability } = server;
    const fraction = (path: string, value: number | undefined) => {
      if (value === undefined || (value > 0 && value < 1)) return;
      this.#invalid(`${of.node.id}.${path}`, value, 'a fraction between 0 and 1');
    };
    fraction('availability', availability);
    if (availability !== undefined) this.#needs(of, 'errors', 'availability', 'counter');
    for (const signal of ['requestSeconds', 'firstTokenSeconds'] as const) {
      const objective = server[signal];
      if (objective === undefined) continue;
      fraction(`${signal}.fraction`, objective.fraction);
      if (!(objective.below > 0)) this.#invalid(`${of.node.id}.${signal}.below`, objective.below, 'seconds above 0');
      this.#needs(of, signal, signal, 'histogram');
    }
    if (availability === undefined && server.requestSeconds === undefined && server.firstTokenSeconds === undefined)
      this.#invalid(`${of.node.id}`, 'nothing', 'availability, requestSeconds or firstTokenSeconds');
  }

  #invalid(path: string, got: unknown, expected: string): void {
    this.report({ code: 'INVALID_VALUE', path, message: 'invalid objective', got, expected, remedy: 'Correct the objective.' });
  }

  /** Returns a countable series of the runtime's version. */
  #needs(of: ModelServer, signal: 'errors' | 'requestSeconds' | 'firstTokenSeconds', path: string, kind: string): void {
    const metric = of.metric(signal);
    const countable = metric?.kind === kind && metric.query === undefined;
    const counted = signal === 'errors' ? of.metric('requestSeconds')?.kind === 'histogram' : true;
    if (countable && counted) return;
    this.report({
      code: 'NO_METRICS',
      path: `${of.node.id}.${path}`,
      message: `the runtime ${of.runtime.name} has no ${kind} of that meaning`,
      got: metric?.series ?? 'nothing',
      expected: `a ${kind}`,
      remedy: 'Leave the objective out, or add the series to the runtime.',
    });
  }
}
