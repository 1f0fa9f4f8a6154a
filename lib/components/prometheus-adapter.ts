import type { k8s } from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Written } from '../kube/api-types';
import type { HttpUrl } from '../kube/host';
import { imageVersion, type PinnedImage } from '../kube/image';
import { joinName } from '../kube/names';
import { podSpec, scratch } from '../kube/pod';
import { type ContainerResources, containerResources } from '../kube/resources';
import { metricName, metricQuery, servedName } from '../runtimes/metrics';
import { Component, type ComponentProps } from '../stack/component';
import { externalHttp } from '../stack/endpoint';
import { type Exception, imageExceptions } from '../stack/exceptions';
import { patchedHash } from '../stack/patched-hash';
import { refuseWrongTypes } from '../stack/wrong-types';
import type { ModelServer } from './model-server';

/** Properties for `PrometheusAdapter`. */
export interface PrometheusAdapterProps extends ComponentProps {
  /** Servers with scaling metrics to serve; at least one must scale on a metric. */
  readonly serves: readonly ModelServer[];
  /** Prometheus URL. @default 'http://prometheus.monitoring.svc:9090' */
  readonly prometheusUrl?: HttpUrl;
  /** Image of the adapter. @default 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0' */
  readonly image?: PinnedImage;
  /** Resource requests and limits. @default 100m and 128Mi, limited to 500m and 256Mi */
  readonly resources?: ContainerResources;
}

/** A metric that the adapter serves. */
interface Served {
  readonly name: string;
  readonly series: string;
  readonly query: string;
}

const IMAGE: PinnedImage = 'registry.k8s.io/prometheus-adapter/prometheus-adapter:v0.12.0';
const PORT = 6443;
const RBAC = 'rbac.authorization.k8s.io/v1';
const RESOURCES: ContainerResources = { requests: { cpu: '100m', memory: '128Mi' }, limits: { cpu: '500m', memory: '256Mi' } };

const SERVER_RESOURCES = 'prometheus-adapter-server-resources';
const HPA_BINDING = 'prometheus-adapter-hpa-controller';

const EXCEPTIONS: readonly Exception[] = [
  { tool: 'checkov', check: 'CKV_K8S_38', kind: 'Deployment', reason: 'it finds the pods of a metric through the API server' },
  {
    tool: 'checkov',
    check: 'CKV_K8S_49',
    kind: 'ClusterRole',
    object: SERVER_RESOURCES,
    reason: 'the resources of this API are metrics, whose names are not known in advance',
  },
  {
    tool: 'checkov',
    check: 'CKV2_K8S_5',
    kind: 'ClusterRoleBinding',
    object: HPA_BINDING,
    reason: "it is the cluster's own autoscaler that has to read the metrics",
  },
];

/**
 * Serves Prometheus metrics to autoscalers. It registers a cluster-wide API, so a cluster can have only one: two stacks that
 * render it for the same cluster are an error. The project is no longer developed:
 * prefer KEDA (`autoscaling.by.keda`).
 *
 * @example
 * const server = new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   autoscaling: { min: 2, max: 8, metric: { name: 'http_requests_in_progress', target: 50 } },
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 * });
 * new PrometheusAdapter(stack, 'prometheus-adapter', { serves: [server] });
 * @see https://github.com/kubernetes-sigs/prometheus-adapter
 */
export class PrometheusAdapter extends Component {
  readonly #props: PrometheusAdapterProps;

  constructor(scope: Construct, id: string, props: PrometheusAdapterProps) {
    refuseWrongTypes('PrometheusAdapter', scope, id, props);
    super(scope, id, 'prometheus-adapter', props);
    this.#props = props;
    for (const server of props.serves) server.metricServed();
    externalHttp(this.#prometheusUrl).acceptFrom(this);
    this.allowTo({ anywhere: true }, 443);
    this.allowFrom({ anywhere: true }, PORT);
    this.#workload();
    this.#access();
    this.networkPolicy();
    this.except(...imageExceptions('Deployment', [props.image ?? IMAGE], 'IfNotPresent'), ...EXCEPTIONS);
    if (this.#metrics.length > 0) return;
    this.report({
      code: 'ADAPTER_UNUSED',
      path: 'serves',
      message: 'no server that it serves scales on a metric',
      expected: 'a server with autoscaling by metric',
      remedy: 'Remove the adapter, or let a server scale on a metric.',
    });
  }

  protected override version(): string {
    return imageVersion(this.#props.image ?? IMAGE);
  }

  get #prometheusUrl(): HttpUrl {
    return this.#props.prometheusUrl ?? 'http://prometheus.monitoring.svc:9090';
  }

  /** Metrics that autoscalers read: the served name, the series, and the query with the adapter's templates. */
  get #metrics(): readonly Served[] {
    const served = this.#props.serves.flatMap((server): readonly Served[] => {
      const { autoscaling } = server.scaling;
      if (autoscaling === undefined) return [];
      if ('by' in autoscaling) {
        const metric = 'adapter' in autoscaling.by ? server.metric(autoscaling.on) : undefined;
        if (metric === undefined) return [];
        return [
          { name: servedName(metric), series: metric.series, query: metricQuery(metric, '<<.LabelMatchers>>', '<<.GroupBy>>') },
        ];
      }
      const { name, servedBy } = autoscaling.metric ?? {};
      if (name === undefined || servedBy === 'cluster') return [];
      return [{ name: metricName(name), series: name, query: 'sum(<<.Series>>{<<.LabelMatchers>>}) by (<<.GroupBy>>)' }];
    });
    return [...new Map(served.map((one) => [one.name, one])).values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** One rule per metric, limited to the pods of this namespace's servers. JSON is valid YAML. */
  #config(): string {
    const rules = this.#metrics.map(({ name, series, query }) => ({
      seriesQuery: `${series}{namespace!="",pod!=""}`,
      resources: { overrides: { namespace: { resource: 'namespace' }, pod: { resource: 'pod' } } },
      name: { matches: `^${series}$`, as: name },
      metricsQuery: query,
    }));
    return `${JSON.stringify({ rules }, null, 2)}\n`;
  }

  get #configName(): string {
    const config = this.#config();
    return joinName(this.resourceName, patchedHash(this, 'ConfigMap', { data: { 'config.yaml': config } }, config));
  }

  #workload(): void {
    const name = this.resourceName;
    this.manifest('Default', { apiVersion: 'apps/v1', kind: 'Deployment' }, name, () => ({
      spec: {
        replicas: 1,
        selector: { matchLabels: this.selectorLabels },
        template: { metadata: { labels: this.podLabels() }, spec: this.#pod() },
      },
    }));
    this.manifest('Service', { apiVersion: 'v1', kind: 'Service' }, name, () => ({
      spec: { selector: this.selectorLabels, ports: [{ name: 'https', port: 443, targetPort: 'https', protocol: 'TCP' }] },
    }));
    this.manifest('ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, name, () => ({
      metadata: { name: this.#configName },
      immutable: true,
      data: { 'config.yaml': this.#config() },
    }));
  }

  #pod() {
    const probe = { httpGet: { port: 'https', scheme: 'HTTPS' }, periodSeconds: 10, timeoutSeconds: 5 };
    const path = (route: string) => ({ ...probe, httpGet: { ...probe.httpGet, path: route } });
    return podSpec({
      serviceAccountName: this.resourceName,
      serviceAccountToken: true,
      imagePullSecrets: this.settings.imagePullSecrets ?? [],
      mounts: [{ name: 'config', source: { configMap: { name: this.#configName } }, mountPath: '/etc/adapter' }, scratch('/tmp')],
      containers: [
        {
          name: 'prometheus-adapter',
          image: this.image(this.#props.image ?? IMAGE),
          imagePullPolicy: 'IfNotPresent',
          args: [
            '--config=/etc/adapter/config.yaml',
            `--prometheus-url=${this.#prometheusUrl}`,
            '--metrics-relist-interval=1m',
            `--secure-port=${PORT}`,
            '--cert-dir=/tmp/cert',
          ],
          ports: [{ name: 'https', containerPort: PORT, protocol: 'TCP' }],
          resources: containerResources(this.#props.resources ?? RESOURCES),
          startupProbe: { ...path('/healthz'), failureThreshold: 30 },
          readinessProbe: path('/readyz'),
          livenessProbe: path('/livez'),
        },
      ],
    });
  }

  /** Permissions of the adapter and its readers, and the API it serves. */
  #access(): void {
    const name = this.resourceName;
    this.manifest('ServiceAccount', { apiVersion: 'v1', kind: 'ServiceAccount' }, name, () => ({
      automountServiceAccountToken: false,
    }));
    const reader = 'prometheus-adapter-resource-reader';
    const metrics = SERVER_RESOURCES;
    const { namespace } = this.settings;
    const subject = { kind: 'ServiceAccount', name, ...(namespace === undefined ? {} : { namespace }) };
    const bind = (id: string, role: string, who: Written<k8s.Subject>) =>
      this.manifest(id, { apiVersion: RBAC, kind: 'ClusterRoleBinding' }, id, () => ({
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
        subjects: [who],
      }));
    this.manifest(reader, { apiVersion: RBAC, kind: 'ClusterRole' }, reader, () => ({
      rules: [{ apiGroups: [''], resources: ['namespaces', 'pods', 'services'], verbs: ['get', 'list', 'watch'] }],
    }));
    this.manifest(metrics, { apiVersion: RBAC, kind: 'ClusterRole' }, metrics, () => ({
      rules: [{ apiGroups: ['custom.metrics.k8s.io'], resources: ['*'], verbs: ['get', 'list'] }],
    }));
    bind(`${reader}-binding`, reader, subject);
    bind('prometheus-adapter-system-auth-delegator', 'system:auth-delegator', subject);
    bind(HPA_BINDING, metrics, {
      kind: 'ServiceAccount',
      name: 'horizontal-pod-autoscaler',
      namespace: 'kube-system',
    });
    this.manifest(
      'RoleBinding',
      { apiVersion: RBAC, kind: 'RoleBinding', namespace: 'kube-system' },
      'prometheus-adapter-auth-reader',
      () => ({
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'extension-apiserver-authentication-reader' },
        subjects: [subject],
      }),
    );
    const api = 'v1beta1.custom.metrics.k8s.io';
    this.manifest('APIService', { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' }, api, () => ({
      spec: {
        group: 'custom.metrics.k8s.io',
        version: 'v1beta1',
        groupPriorityMinimum: 100,
        versionPriority: 100,
        // The adapter generates a new certificate at each start.
        insecureSkipTLSVerify: true,
        service: { name, namespace: this.settings.namespace },
      },
    }));
  }
}
