import type { Construct } from 'constructs';
import type { Devices } from '../kube/devices';
import type { PinnedImage } from '../kube/image';
import { queueLabels } from '../kube/placement';
import type { ContainerResources } from '../kube/resources';
import { type BakedModel, type ModelSource, modelVersion } from '../model/model';
import type { Runtime } from '../runtimes/runtime';
import { Component } from '../stack/component';
import type { HttpEndpoint } from '../stack/endpoint';
import type { LeaderWorkerSetSpec } from '../stack/leader-worker-set';
import type { InitContainer, WorkloadOptions } from '../stack/workload-props';
import { ModelServer } from './model-server';

/** One role of a disaggregated server. */
export interface RoleProps {
  /** The kind of server; both roles run one image and one version of it. */
  readonly runtime: Runtime;
  /** Copies in one slice. */
  readonly replicas: number;
  /** Accelerators of each pod. @default - none */
  readonly gpu?: Devices;
  /** Pods of one copy. @default 1 */
  readonly nodes?: number;
  /** Resource requests and limits. */
  readonly resources: ContainerResources;
}

/** A proxy in front of each decoding server, which has the prompt computed elsewhere first. */
export interface RoutingSidecar extends Omit<InitContainer, 'name' | 'ports' | 'restartPolicy'> {
  /** Port that clients call. @default 8000 */
  readonly port?: number;
  /** Port that the server moves to. @default 8200 */
  readonly serverPort?: number;
}

/** Properties for `DisaggregatedServer`. */
export interface DisaggregatedServerProps extends Omit<WorkloadOptions, 'resources'> {
  /** Where the model comes from. */
  readonly model: Exclude<ModelSource, BakedModel>;
  /** Image of both roles: two versions do not understand each other's caches. */
  readonly image: PinnedImage;
  /** Servers that compute prompts. */
  readonly prefill: RoleProps;
  /** Servers that generate, and that clients call. */
  readonly decode: RoleProps;
  /** Number of groups of both roles. @default 1 */
  readonly slices?: number;
  /** The proxy in front of the decoding servers. @default - none: a router outside sends both requests */
  readonly sidecar?: RoutingSidecar;
  /** Whether the roles may use every port among themselves, as transfers by TCP without RDMA do. @default false: only the runtime's ports */
  readonly anyPort?: boolean;
  /** What makes the pods: one DisaggregatedSet, which rolls both roles out together, or a LeaderWorkerSet for each. @default 'DisaggregatedSet' */
  readonly controller?: 'DisaggregatedSet' | 'LeaderWorkerSet';
  /** Name of the model in requests. @default the component's name */
  readonly modelName?: string;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
}

/**
 * A language model whose prompts are computed by other pods than its responses. Clients call the decoding servers.
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
  /** The servers that compute prompts. */
  readonly prefill: ModelServer;
  /** The servers that generate. */
  readonly decode: ModelServer;
  readonly #props: DisaggregatedServerProps;

  constructor(scope: Construct, id: string, props: DisaggregatedServerProps) {
    super(scope, id, 'model-server', props);
    this.#props = props;
    this.prefill = this.#role('prefill', props.prefill);
    this.decode = this.#role('decode', props.decode);
    this.#connect();
    this.#check();
    if (props.controller === 'LeaderWorkerSet') return;
    const type = { apiVersion: 'disaggregatedset.x-k8s.io/v1', kind: 'DisaggregatedSet' };
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

  /** Allows a client to call it. */
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
    const { prefill, decode, slices = 1, sidecar, anyPort, controller = 'DisaggregatedSet', modelName, ...shared } = this.#props;
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

  #roleSpec(name: string, server: ModelServer): { readonly name: string; readonly spec: LeaderWorkerSetSpec } {
    return { name, spec: server.groupSpec() };
  }

  /** The roles reach each other; nothing else reaches their ports for caches. */
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
