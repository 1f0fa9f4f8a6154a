import type { Construct } from 'constructs';
import type { ContainerSpecFields, PolicyRule, SpecOf } from '../kube/api-types';
import { type DurationLike, seconds } from '../kube/duration';
import { imageVersion, type PinnedImage } from '../kube/image';
import { joinName } from '../kube/names';
import { placementSpec } from '../kube/placement';
import { podSpec, scratch } from '../kube/pod';
import { type ContainerResources, containerResources } from '../kube/resources';
import { Component, type ComponentProps } from '../stack/component';
import { imageExceptions, relaxedExceptions } from '../stack/exceptions';
import { patchedHash } from '../stack/patched-hash';
import { imageProblems } from '../stack/workload-problems';
import type { PodOptions } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import type { ModelServer } from './model-server';
import { poolSelector } from './pool-selector';

/** Scorer weights of an endpoint picker: the pod with the highest weighted sum gets the request. */
export type Scorers = Readonly<
  Partial<Record<'prefix-cache-scorer' | 'queue-scorer' | 'kv-cache-utilization-scorer' | 'lora-affinity-scorer', number>>
>;

/** Properties for the endpoint picker, the program that chooses a pod for each request to the gateway. */
export interface EndpointPicker extends PodOptions {
  /** Image of the picker, such as `ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0`. */
  readonly image: PinnedImage;
  /** Number of pods, of which only one decides at a time. @default 1 */
  readonly replicas?: number;
  /** Scorer weights. @default prefix cache 3, queue 2, KV cache 2 */
  readonly scorers?: Scorers;
  /** Gateway behavior when no picker responds: send the request to any pod, or refuse it. */
  readonly whenDown: 'FailOpen' | 'FailClose';
  /** Resource requests and limits. @default 1 core and 1Gi, limited to 2Gi */
  readonly resources?: ContainerResources;
  /** Time to finish running streams at shutdown. @default - longer than that of its servers */
  readonly drain?: DurationLike;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/** Properties for `InferencePool`. */
export interface InferencePoolProps extends ComponentProps {
  /** Servers of the pool, all serving the same model. */
  readonly servers: readonly ModelServer[];
  /** The picker that chooses a pod for each request. */
  readonly picker: EndpointPicker;
}

const PORTS = { grpc: 9002, health: 9003, metrics: 9090 } as const;
const RESOURCES: ContainerResources = { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } };
const SCORERS: Scorers = { 'prefix-cache-scorer': 3, 'queue-scorer': 2, 'kv-cache-utilization-scorer': 2 };

/** Permissions of the picker: read the pool, inference objectives and pods. */
const RULES: readonly PolicyRule[] = [
  { apiGroups: ['inference.networking.k8s.io'], resources: ['inferencepools'], verbs: ['get', 'list', 'watch'] },
  {
    apiGroups: ['inference.networking.x-k8s.io', 'llm-d.ai'],
    resources: ['inferenceobjectives', 'inferencemodelrewrites'],
    verbs: ['get', 'list', 'watch'],
  },
  { apiGroups: [''], resources: ['pods'], verbs: ['get', 'list', 'watch'] },
  { apiGroups: ['coordination.k8s.io'], resources: ['leases'], verbs: ['create', 'get', 'update'] },
];

/**
 * Model server pods as one backend of the Gateway API, with an endpoint picker that reads their queues and caches. Use it as
 * the backend of a `Route`.
 *
 * @example
 * const server = new ModelServer(stack, 'llm', {
 *   model: Model.huggingFace({ repo: 'Qwen/Qwen3-32B', revision: '9216db5781bf21249d130ec9da846c4624c16137', size: '66Gi' }),
 *   image: 'vllm/vllm-openai:v0.26.0',
 *   runtime: vllm({ version: '0.26.0', tensorParallelSize: 2 }),
 *   gpu: { count: 2 },
 *   replicas: 10,
 *   resources: { requests: { cpu: '8', memory: '64Gi' }, limits: { memory: '96Gi' } },
 * });
 * new InferencePool(stack, 'pool', {
 *   servers: [server],
 *   picker: { image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0', whenDown: 'FailOpen' },
 * });
 * @see https://gateway-api-inference-extension.sigs.k8s.io/api-types/inferencepool/
 */
export class InferencePool extends Component {
  /** Servers of the pool. */
  readonly servers: readonly ModelServer[];
  readonly #props: InferencePoolProps;

  constructor(scope: Construct, id: string, props: InferencePoolProps) {
    refuseWrongTypes('InferencePool', scope, id, props);
    super(scope, id, 'inference-pool', props);
    this.#props = props;
    this.servers = props.servers;
    const { servers, picker } = props;
    const selector = poolSelector(this, servers);
    const name = this.resourceName;
    this.manifest('Default', { apiVersion: 'inference.networking.k8s.io/v1', kind: 'InferencePool' }, name, () => ({
      spec: {
        selector: { matchLabels: selector },
        targetPorts: [...new Set(servers.map(({ port }) => port))].map((number) => ({ number })),
        endpointPickerRef: { name: this.#pickerName, port: { number: PORTS.grpc }, failureMode: picker.whenDown },
      },
    }));
    this.#workload();
    this.#access();
    this.networkPolicy();
    this.allowFrom({ anywhere: true }, PORTS.grpc);
    this.allowScrape(PORTS.metrics);
    for (const server of servers) this.connectTo(server, server.port);
    if ((picker.replicas ?? 1) >= 2) this.disruptionBudget();
    this.except(...relaxedExceptions('Deployment', picker.security));
    this.except(...imageExceptions('Deployment', [picker.image], 'IfNotPresent'));
    for (const problem of imageProblems('picker.image', picker.image)) this.report(problem);
  }

  /** The pool as a route backend. */
  get backendRef(): { readonly group: string; readonly kind: string; readonly name: string } {
    return { group: 'inference.networking.k8s.io', kind: 'InferencePool', name: this.resourceName };
  }

  /** Whether its servers stream responses. */
  get streams(): boolean {
    return this.#props.servers.some(({ runtime }) => runtime.streams ?? false);
  }

  protected override version(): string {
    return imageVersion(this.#props.picker.image);
  }

  get #pickerName(): string {
    return joinName(this.resourceName, 'picker');
  }

  override get serviceAccountName(): string {
    return this.#pickerName;
  }

  /** A picker that stops before its servers cuts the streams it forwards. */
  get #grace(): number {
    const longest = Math.max(30, ...this.#props.servers.map(({ graceSeconds }) => graceSeconds));
    const { drain } = this.#props.picker;
    return drain === undefined ? longest + 10 : Math.max(longest, seconds(drain));
  }

  #config(): string {
    const scorers = Object.entries(this.#props.picker.scorers ?? SCORERS);
    const plugins = [...scorers.map(([type]) => ({ type })), { type: 'max-score-picker' }];
    const profile = [...scorers.map(([pluginRef, weight]) => ({ pluginRef, weight })), { pluginRef: 'max-score-picker' }];
    const config = {
      apiVersion: 'inference.networking.x-k8s.io/v1alpha1',
      kind: 'EndpointPickerConfig',
      plugins,
      schedulingProfiles: [{ name: 'default', plugins: profile }],
    };
    return `${JSON.stringify(config, null, 2)}\n`;
  }

  get #configName(): string {
    const config = this.#config();
    return joinName(this.#pickerName, patchedHash(this, 'ConfigMap', { data: { 'config.yaml': config } }, config));
  }

  #workload(): void {
    const name = this.#pickerName;
    this.manifest('Picker', { apiVersion: 'apps/v1', kind: 'Deployment' }, name, () => ({ spec: this.#deployment() }));
    this.manifest('Service', { apiVersion: 'v1', kind: 'Service' }, name, () => ({
      spec: {
        selector: this.selectorLabels,
        ports: [
          { name: 'grpc', port: PORTS.grpc, targetPort: 'grpc', protocol: 'TCP', appProtocol: 'kubernetes.io/h2c' },
          { name: 'metrics', port: PORTS.metrics, targetPort: 'metrics', protocol: 'TCP' },
        ],
      },
    }));
    this.manifest('ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, name, () => ({
      metadata: { name: this.#configName },
      immutable: true,
      data: { 'config.yaml': this.#config() },
    }));
  }

  #deployment(): SpecOf['Deployment'] {
    const { picker } = this.#props;
    const { replicas = 1, placement = {}, podAnnotations, podLabels, podSettings, security = {} } = picker;
    return {
      replicas,
      revisionHistoryLimit: 5,
      selector: { matchLabels: this.selectorLabels },
      strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
      template: {
        metadata: {
          labels: { ...podLabels, ...this.podLabels() },
          ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }),
        },
        spec: podSpec({
          serviceAccountName: this.#pickerName,
          serviceAccountToken: true,
          security,
          imagePullSecrets: this.settings.imagePullSecrets ?? [],
          mounts: [{ name: 'config', source: { configMap: { name: this.#configName } }, mountPath: '/config' }, scratch('/tmp')],
          containers: [{ name: 'picker', ...this.#container() }],
          spec: {
            terminationGracePeriodSeconds: this.#grace,
            ...placementSpec(placement, this.selectorLabels, undefined),
            ...podSettings,
          },
        }),
      },
    };
  }

  #container(): Omit<ContainerSpecFields, 'env' | 'image' | 'name'> & { readonly image: string } {
    const { image, resources = RESOURCES, extraArgs = [], replicas = 1, containerSettings } = this.#props.picker;
    const namespace = this.settings.namespace;
    const probe = (service: string) => ({ grpc: { port: PORTS.health, service }, periodSeconds: 10, timeoutSeconds: 2 });
    return {
      image: this.image(image),
      imagePullPolicy: 'IfNotPresent',
      args: [
        ...['--pool-name', this.resourceName, ...(namespace === undefined ? [] : ['--pool-namespace', namespace])],
        ...['--config-file', '/config/config.yaml', '--grpc-port', String(PORTS.grpc)],
        ...['--grpc-health-port', String(PORTS.health), '--metrics-port', String(PORTS.metrics)],
        ...(replicas > 1 ? ['--ha-enable-leader-election'] : []),
        ...extraArgs,
      ],
      ports: Object.entries(PORTS).map(([name, containerPort]) => ({ name, containerPort, protocol: 'TCP' })),
      resources: containerResources(resources),
      startupProbe: { ...probe('liveness'), periodSeconds: 5, failureThreshold: 24 },
      readinessProbe: probe('readiness'),
      livenessProbe: probe('liveness'),
      lifecycle: { preStop: { sleep: { seconds: 15 } } },
      ...containerSettings,
    };
  }

  #access(): void {
    const name = this.#pickerName;
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    this.manifest('ServiceAccount', { apiVersion: 'v1', kind: 'ServiceAccount' }, name, () => ({
      automountServiceAccountToken: false,
    }));
    this.manifest('Role', { apiVersion, kind: 'Role' }, name, () => ({ rules: RULES }));
    this.manifest('RoleBinding', { apiVersion, kind: 'RoleBinding' }, name, () => ({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [this.toSubjectConfiguration()],
    }));
    this.allowTo({ anywhere: true }, 443);
    this.allowTo({ anywhere: true }, 6443);
    const reason = 'it watches the pods of the pool through the API server';
    this.except({ tool: 'checkov', check: 'CKV_K8S_38', kind: 'Deployment', reason });
  }
}
