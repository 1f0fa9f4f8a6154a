import type { Construct } from 'constructs';
import type { Devices } from '../kube/devices';
import type { PinnedImage } from '../kube/image';
import { groupAnnotations, queueLabels } from '../kube/placement';
import type { ContainerResources } from '../kube/resources';
import { type BakedModel, type ModelSource, modelVersion } from '../model/model';
import type { Runtime } from '../runtimes/runtime';
import { Component } from '../stack/component';
import type { HttpEndpoint } from '../stack/endpoint';
import type { Exception } from '../stack/exceptions';
import type { InitContainer, WorkloadOptions } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import { ModelServer } from './model-server';

/** Properties for one role of a disaggregated server. */
export interface RoleProps {
  /** Runtime of this role; both roles run the same image and runtime version. */
  readonly runtime: Runtime;
  /** Replicas per slice. */
  readonly replicas: number;
  /** Accelerators per pod. @default - none */
  readonly gpu?: Devices;
  /** Pods per replica. @default 1 */
  readonly nodes?: number;
  /** Resource requests and limits. */
  readonly resources: ContainerResources;
}

/** A proxy in front of each decode server that first sends the prompt to a prefill server. */
export interface RoutingSidecar extends Omit<InitContainer, 'name' | 'ports' | 'restartPolicy'> {
  /** Port for clients. @default 8000 */
  readonly port?: number;
  /** Port that the server listens on instead. @default 8200 */
  readonly serverPort?: number;
}

/** Properties for `DisaggregatedServer`. */
export interface DisaggregatedServerProps extends Omit<WorkloadOptions, 'resources' | 'frontProxy'> {
  /** Source of the model. */
  readonly model: Exclude<ModelSource, BakedModel>;
  /** Image of both roles: different versions cannot read each other's KV caches. */
  readonly image: PinnedImage;
  /** Servers that compute prompts. */
  readonly prefill: RoleProps;
  /** Servers that generate tokens and receive client requests. */
  readonly decode: RoleProps;
  /** Number of slices, each with both roles. @default 1 */
  readonly slices?: number;
  /** Proxy in front of the decode servers. @default - none: an external router sends both requests */
  readonly sidecar?: RoutingSidecar;
  /**
   * Whether the roles may use any port between them, as TCP transfers without RDMA do.
   * @default false: only the runtime's ports
   */
  readonly anyPort?: boolean;
  /**
   * Controller of the pods: one DisaggregatedSet, which rolls out both roles together, or one LeaderWorkerSet per role.
   * @default 'DisaggregatedSet'
   */
  readonly controller?: 'DisaggregatedSet' | 'LeaderWorkerSet';
  /** Model name in requests. @default the component's name */
  readonly modelName?: string;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
}

/**
 * A language model with separate pods for prefill and decode. Clients call the decode servers.
 *
 * @example
 * const runtime = vllm({ version: '0.26.0', kvTransfer: { kv_connector: 'NixlConnector', kv_role: 'kv_both' } });
 * const resources = { requests: { cpu: '8', memory: '64Gi' }, limits: { memory: '96Gi' } } as const;
 * new DisaggregatedServer(stack, 'llm', {
 *   model: Model.claim({ claim: 'weights', subPath: 'gpt-oss-120b', path: '/mnt/models', version: 'v1' }),
 *   image: 'vllm/vllm-openai:v0.26.0',
 *   prefill: { runtime, replicas: 4, gpu: { count: 1 }, resources },
 *   decode: { runtime, replicas: 1, gpu: { count: 1 }, resources },
 * });
 * @see https://lws.sigs.k8s.io/docs/concepts/disaggregatedset/
 */
export class DisaggregatedServer extends Component implements HttpEndpoint {
  /** Servers that compute prompts. */
  readonly prefill: ModelServer;
  /** Servers that generate tokens. */
  readonly decode: ModelServer;
  readonly #props: DisaggregatedServerProps;

  constructor(scope: Construct, id: string, props: DisaggregatedServerProps) {
    refuseWrongTypes('DisaggregatedServer', scope, id, props);
    super(scope, id, 'model-server', props);
    this.#props = props;
    this.prefill = this.#role('prefill', props.prefill);
    this.decode = this.#role('decode', props.decode);
    this.#connect();
    this.#check();
    if (props.controller === 'LeaderWorkerSet') return;
    const type = { apiVersion: 'disaggregatedset.x-k8s.io/v1', kind: 'DisaggregatedSet' };
    this.except(...exceptionsOf(this.decode, type.kind));
    this.manifest('Default', type, this.resourceName, () => ({
      metadata: { name: this.resourceName, labels: queueLabels(props.placement ?? {}) },
      spec: { roles: [this.#roleSpec('prefill', this.prefill), this.#roleSpec('decode', this.decode)] },
    }));
  }

  /** Base URL inside the namespace. */
  get url(): string {
    return this.decode.url;
  }

  /** Whether responses stream. */
  get streams(): boolean {
    return this.decode.runtime.streams ?? false;
  }

  /** Allows a client to call the decode servers. */
  acceptFrom(client: Component): void {
    this.decode.acceptFrom(client);
  }

  protected override version(): string {
    return modelVersion(this.#props.model);
  }

  protected override modelAnnotation(): Record<string, string> {
    return this.modelVersionAnnotation(modelVersion(this.#props.model));
  }

  #role(role: 'prefill' | 'decode', { runtime, replicas, gpu, nodes = 1, resources }: RoleProps): ModelServer {
    const {
      prefill,
      decode,
      slices = 1,
      sidecar,
      anyPort,
      controller = 'DisaggregatedSet',
      modelName,
      service,
      ...shared
    } = this.#props;
    const proxy = role === 'decode' ? sidecar : undefined;
    const { port = 8000, serverPort = 8200, ...container } = proxy ?? {};
    const served: Runtime = proxy === undefined ? runtime : { ...runtime, ports: { ...runtime.ports, http: serverPort } };
    return new ModelServer(
      this,
      role,
      {
        ...shared,
        name: `${this.appName}-${role}`,
        ...(modelName === undefined ? {} : { modelName }),
        // Clients call the decode servers.
        ...(service === undefined || role === 'prefill' ? {} : { service }),
        runtime: served,
        replicas: replicas * slices,
        nodes: nodes === 1 ? 1 : nodes,
        resources,
        ...(gpu === undefined ? {} : { gpu }),
        initContainers: [
          ...(shared.initContainers ?? []),
          ...(proxy === undefined ? [] : [sidecarOf(proxy, container, port, serverPort)]),
        ],
      },
      {
        role,
        served: this.appName,
        group: true,
        rendersPods: controller === 'LeaderWorkerSet',
        ...(proxy === undefined ? {} : { frontPort: port }),
      },
    );
  }

  #roleSpec(name: string, server: ModelServer) {
    const annotations = groupAnnotations(this.#props.placement);
    return { name, ...('annotations' in annotations ? { metadata: annotations } : {}), spec: server.groupSpec() };
  }

  /** Connects the roles; no other pods reach their cache transfer ports. */
  #connect(): void {
    const { prefill, decode } = this;
    decode.connectTo(prefill, prefill.port);
    for (const [one, other] of [
      [prefill, decode],
      [decode, prefill],
    ] as const) {
      if (this.#props.anyPort) {
        one.allowTo(other);
        other.allowFrom(one);
        continue;
      }
      for (const name of other.runtime.groupPorts ?? []) {
        const port = other.ports[name];
        if (port !== undefined) one.connectTo(other, port);
      }
    }
  }

  #check(): void {
    const [prefill, decode] = [this.#props.prefill.runtime, this.#props.decode.runtime];
    this.#checkPair();
    if (prefill.name === decode.name && prefill.version === decode.version) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'decode.runtime',
      message: 'both roles run one image, and their runtimes differ',
      got: `${decode.name} ${decode.version ?? ''}`.trim(),
      expected: `${prefill.name} ${prefill.version ?? ''}`.trim(),
      remedy: 'Give both roles the same kind and version of server.',
    });
  }

  /** One role alone answers nothing: it has no pods to work with, or cannot pass keys and values on. */
  #checkPair(): void {
    const { prefill, decode } = this.#props;
    for (const [path, role, other] of [
      ['prefill', prefill, decode],
      ['decode', decode, prefill],
    ] as const) {
      if (role.replicas === 0 && other.replicas > 0)
        this.report({
          code: 'INVALID_VALUE',
          path: `${path}.replicas`,
          message: 'the other role has pods, and this one has none',
          got: 0,
          expected: 'at least 1',
          remedy: 'Give both roles replicas, or neither.',
        });
      const [own = [], wanted = []] = [role.runtime.groupPorts, other.runtime.groupPorts];
      if (own.length === 0 && wanted.length > 0)
        this.report({
          code: 'INVALID_VALUE',
          path: `${path}.runtime`,
          message: 'the other role passes keys and values on, and this one cannot take part',
          got: 'no transfer',
          expected: 'the same transfer as in the other role',
          remedy: 'Give the runtimes of both roles kvTransfer (vLLM) or transfer (SGLang).',
        });
    }
  }
}

/** Both roles have the same image and security options; their object is the set. */
function exceptionsOf({ exceptions }: ModelServer, kind: string): readonly Exception[] {
  return exceptions.filter((exception) => exception.kind === 'LeaderWorkerSet').map((exception) => ({ ...exception, kind }));
}

function sidecarOf(
  { resources, image }: RoutingSidecar,
  fields: Partial<RoutingSidecar>,
  port: number,
  serverPort: number,
): InitContainer {
  return {
    ...fields,
    name: 'routing-proxy',
    image,
    resources,
    restartPolicy: 'Always',
    args: fields.args ?? [`--port=${port}`, `--vllm-port=${serverPort}`, '--kv-connector=nixlv2'],
    ports: [{ name: 'proxy', containerPort: port, protocol: 'TCP' }],
  };
}
