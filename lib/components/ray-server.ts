import type { Construct } from 'constructs';
import type { PodTemplateFields } from '../kube/api-types';
import { type Devices, deviceCount } from '../kube/devices';
import { type DurationLike, seconds } from '../kube/duration';
import { imageVersion, type PinnedImage } from '../kube/image';
import { nameOf } from '../kube/named';
import { type Placement, placementSpec, queueLabels } from '../kube/placement';
import { type Env, type Mount, podSpec, scratch, sharedMemory } from '../kube/pod';
import type { MemoryQuantity } from '../kube/quantity';
import { type ContainerResources, containerResources } from '../kube/resources';
import type { BakedModel, FileModel, ModelSource } from '../model/model';
import { modelVersion } from '../model/model';
import { type ModelVolume, modelVolume } from '../model/model-volume';
import type { Runtime } from '../runtimes/runtime';
import { Component, type ComponentProps } from '../stack/component';
import { drainTimes, preStopSleep } from '../stack/drain';
import type { HttpEndpoint } from '../stack/endpoint';
import { imageExceptions, relaxedExceptions } from '../stack/exceptions';
import type { PodOptions } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';

/** A Ray Serve application, with the fields of Ray's schema, passed through unchanged. */
export interface RayApplication {
  /** Name of the application. */
  readonly name: string;
  /** Python object to serve, `fraud.app:deployment`. */
  readonly import_path: string;
  readonly [field: string]: unknown;
}

/** Properties for a worker group. */
export interface RayWorkers {
  /** Number of pods; the initial number if `maxReplicas` is set. */
  readonly replicas: number;
  /** Maximum number of pods for Ray's autoscaler; the minimum is `replicas`. @default - no Ray autoscaling of the group */
  readonly maxReplicas?: number;
  /** Accelerators per pod. @default - none */
  readonly gpu?: Devices;
  /** Size of `/dev/shm`, Ray's object store; counts toward the memory limit. @default - KubeRay's: the memory request */
  readonly objectStore?: MemoryQuantity;
  /** Where the group's pods may run. @default - the server's placement */
  readonly placement?: Placement;
  /** Resource requests and limits. */
  readonly resources: ContainerResources;
}

/** Properties for `RayServer`. */
export interface RayServerProps extends ComponentProps, PodOptions {
  /** Image of the head and the workers. */
  readonly image: PinnedImage;
  /** Facts about Ray Serve: `rayServe({ version })`. */
  readonly runtime: Runtime;
  /** Ray Serve applications; Ray validates them. */
  readonly applications: readonly RayApplication[];
  /** Additional fields of Ray's `serveConfigV2`, such as `http_options`. @default - none */
  readonly serveConfig?: Readonly<Record<string, unknown>>;
  /** Model mounted into every pod under `/mnt/models`; sets MODEL_PATH. @default - the applications fetch their own */
  readonly model?: Exclude<ModelSource, BakedModel | FileModel>;
  /** The head pod, with Ray's control store. */
  readonly head: { readonly resources: ContainerResources };
  /** Worker groups by name. */
  readonly workers: Readonly<Record<string, RayWorkers>>;
  /** Environment variables of all pods. @default - none */
  readonly env?: Env;
  /** Additional volumes of all pods. @default - none */
  readonly volumes?: readonly Mount[];
  /**
   * Upgrade strategy: a second cluster, which temporarily needs all devices twice, or no automatic upgrade.
   * @default 'NewCluster'
   */
  readonly upgrade?: 'NewCluster' | 'None';
  /** Maximum time for a new cluster to become ready; KubeRay then creates another. @default - the runtime's */
  readonly startupTimeout?: DurationLike;
  /** Namespace of the KubeRay operator, which calls the head. @default 'kuberay-operator' */
  readonly operatorNamespace?: string;
}

/**
 * Ray Serve applications on a dedicated Ray cluster: a RayService of KubeRay. The operator creates its pods and its Service. Ray
 * scales its deployments itself, so no HorizontalPodAutoscaler may.
 *
 * @example
 * new RayServer(stack, 'llm', {
 *   image: 'rayproject/ray-llm:2.54.0-py311-cu128',
 *   runtime: rayServe({ version: '2.54.0' }),
 *   applications: [{ name: 'llm', import_path: 'ray.serve.llm:build_openai_app', args: { llm_configs: ['/mnt/config/llm.yaml'] } }],
 *   head: { resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '8Gi' } } },
 *   workers: { gpu: { replicas: 1, gpu: { count: 1 }, resources: { requests: { cpu: '8', memory: '32Gi' }, limits: { memory: '48Gi' } } } },
 * });
 * @see https://docs.ray.io/en/latest/cluster/kubernetes/user-guides/rayservice.html
 */
export class RayServer extends Component implements HttpEndpoint {
  /** The facts about Ray Serve. */
  readonly runtime: Runtime;
  /** Port of Ray Serve's proxies. */
  readonly port: number;
  /** Port of the Service that KubeRay creates. */
  readonly servicePort: number;
  /** Ports of the pods by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** HTTP path of the metrics; undefined if there is none. */
  readonly metricsPath: string | undefined;
  /** Name of the metrics port. */
  readonly metricsPort: string;
  readonly #props: RayServerProps;
  readonly #podAnnotations: Record<string, string> = {};

  constructor(scope: Construct, id: string, props: RayServerProps) {
    refuseWrongTypes('RayServer', scope, id, props);
    super(scope, id, 'model-server', props);
    this.#props = props;
    this.runtime = props.runtime;
    const { ports, metrics } = props.runtime;
    this.port = ports.http;
    this.servicePort = ports.http;
    this.ports = ports;
    this.metricsPath = metrics?.path;
    this.metricsPort = metrics?.port ?? 'http';
    const type = { apiVersion: 'ray.io/v1', kind: 'RayService' };
    this.manifest('Default', type, this.resourceName, () => ({
      metadata: { name: this.resourceName, labels: queueLabels(props.placement ?? {}) },
      spec: this.#spec(),
    }));
    if (props.serviceAccount === undefined) this.serviceAccount(() => this.#volume?.serviceAccountAnnotations ?? {});
    this.networkPolicy(this.port);
    this.#connect();
    this.except(...relaxedExceptions('RayService', props.security));
    this.except(...imageExceptions('RayService', [props.image], 'IfNotPresent'));
    this.#check();
  }

  /** Base URL inside the namespace. */
  get url(): string {
    return `http://${this.resourceName}:${this.port}`;
  }

  /** Allows a client to call the server. */
  acceptFrom(client: Component): void {
    client.connectTo(this, this.port);
  }

  /** Adds annotations to the pods, for a metrics exporter. */
  annotatePods(annotations: Readonly<Record<string, string>>): void {
    Object.assign(this.#podAnnotations, annotations);
  }

  override get serviceAccountName(): string {
    return this.#props.serviceAccount === undefined ? this.resourceName : nameOf(this.#props.serviceAccount);
  }

  protected override version(): string {
    const { model, image } = this.#props;
    return model === undefined ? imageVersion(image) : modelVersion(model);
  }

  protected override modelAnnotation(): Record<string, string> {
    return this.modelVersionAnnotation(this.version());
  }

  get #scales(): boolean {
    return Object.values(this.#props.workers).some(({ maxReplicas }) => maxReplicas !== undefined);
  }

  get #volume(): ModelVolume | undefined {
    const { model } = this.#props;
    return model && modelVolume(model, { configMap: this.resourceName, ownImage: true, image: (image) => this.image(image) });
  }

  #spec() {
    const { runtime, head, workers, upgrade = 'NewCluster', startupTimeout, applications, serveConfig } = this.#props;
    const { grace } = drainTimes(undefined, runtime.drain);
    return {
      upgradeStrategy: { type: upgrade },
      serviceUnhealthySecondThreshold: seconds(startupTimeout ?? runtime.startupTimeout ?? '30m'),
      // The old cluster finishes its open requests.
      rayClusterDeletionDelaySeconds: grace,
      // JSON is valid YAML, with stable output.
      serveConfigV2: `${JSON.stringify({ ...serveConfig, applications }, undefined, 2)}\n`,
      serveService: {
        metadata: { name: this.resourceName, labels: this.labels() },
        spec: { ports: [{ name: 'serve', port: this.port, targetPort: this.port, protocol: 'TCP' }] },
      },
      rayClusterConfig: {
        ...(runtime.version === undefined ? {} : { rayVersion: runtime.version }),
        ...(this.#scales ? { enableInTreeAutoscaling: true } : {}),
        headGroupSpec: {
          // The head runs no deployments: losing one must not lose the control store.
          rayStartParams: { 'dashboard-host': '0.0.0.0', 'num-cpus': '0', 'num-gpus': '0' },
          template: this.#template('ray-head', head.resources, {}),
        },
        workerGroupSpecs: Object.entries(workers).map(([groupName, group]) => ({
          groupName,
          replicas: group.replicas,
          minReplicas: group.replicas,
          maxReplicas: group.maxReplicas ?? group.replicas,
          rayStartParams: deviceCount(group.gpu) === 0 ? {} : { 'num-gpus': String(deviceCount(group.gpu)) },
          template: this.#template('ray-worker', group.resources, group),
        })),
      },
    };
  }

  #template(name: string, resources: ContainerResources, group: Partial<RayWorkers>): PodTemplateFields {
    const {
      image,
      runtime,
      env,
      volumes = [],
      podLabels,
      podAnnotations,
      podSettings,
      security,
      containerSettings,
    } = this.#props;
    const { gpu, objectStore, placement = this.#props.placement ?? {} } = group;
    const volume = this.#volume;
    const { grace, delay } = drainTimes(undefined, runtime.drain);
    const isHead = name === 'ray-head';
    const { http, metrics = 8080, ...control } = runtime.ports;
    const ports = { serve: http, metrics, ...(isHead ? control : {}) };
    const annotations = { ...podAnnotations, ...this.#podAnnotations };
    return {
      metadata: {
        labels: { ...podLabels, ...this.podLabels() },
        ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      },
      spec: podSpec({
        serviceAccountName: this.serviceAccountName,
        // Ray's autoscaler runs next to the head and changes the RayCluster.
        serviceAccountToken: isHead && this.#scales,
        security: {
          ...(runtime.user === undefined ? {} : { runAsUser: runtime.user.uid, runAsGroup: runtime.user.gid }),
          ...security,
        },
        imagePullSecrets: this.settings.imagePullSecrets ?? [],
        mounts: [
          ...(volume?.mounts ?? []),
          ...volumes,
          ...(objectStore === undefined ? [] : [sharedMemory(objectStore)]),
          ...(runtime.writableDirectories ?? ['/tmp']).map((path) => scratch(path)),
        ],
        initContainers: volume?.initContainers ?? [],
        containers: [
          {
            name,
            image: this.image(image),
            imagePullPolicy: 'IfNotPresent',
            ports: Object.entries(ports).map(([port, containerPort]) => ({ name: port, containerPort, protocol: 'TCP' })),
            env: { ...runtime.env?.(this.#facts()), ...(volume === undefined ? {} : { MODEL_PATH: volume.path }), ...env },
            resources: containerResources(resources, gpu, volume?.stored ?? 0),
            lifecycle: { preStop: preStopSleep(delay, this.settings.kubernetesVersion) },
            ...containerSettings,
          },
        ],
        spec: {
          terminationGracePeriodSeconds: grace,
          ...placementSpec(placement, this.selectorLabels, gpu),
          ...podSettings,
        },
      }),
    };
  }

  #facts() {
    const { runtime } = this.#props;
    const finishSeconds = drainTimes(undefined, runtime.drain).timeout;
    const modelPath = this.#volume?.path ?? '/mnt/models';
    return { modelPath, modelName: this.appName, ports: runtime.ports, gpus: 0, finishSeconds, nodes: 1, adapters: {} };
  }

  /** Ray chooses the ports between its pods itself. The operator calls the head and the proxies. */
  #connect(): void {
    const { operatorNamespace = 'kuberay-operator' } = this.#props;
    this.allowFrom({ pods: this.networkLabels });
    this.allowTo({ pods: this.networkLabels });
    for (const port of [this.runtime.ports.dashboard ?? 8265, this.port]) this.allowFrom({ namespace: operatorNamespace }, port);
    if (this.#scales) for (const port of [443, 6443]) this.allowTo({ anywhere: true }, port);
    for (const { peer, port } of this.#volume?.egress ?? []) this.allowTo(peer, Number(port));
  }

  #check(): void {
    const { workers, applications } = this.#props;
    for (const problem of this.#volume?.problems ?? []) this.report(problem);
    if (this.#volume?.imageVolume) this.requireVersion(35, 'model', 'an image as a volume');
    for (const [name, { replicas, maxReplicas = replicas }] of Object.entries(workers)) {
      if (maxReplicas >= replicas) continue;
      this.report({
        code: 'INVALID_VALUE',
        path: `workers.${name}.maxReplicas`,
        message: 'the group would start with more pods than it may have',
        got: String(maxReplicas),
        expected: `${replicas} or more`,
        remedy: 'Raise maxReplicas, or lower replicas.',
      });
    }
    const names = applications.map(({ name }) => name);
    for (const [index, name] of names.entries()) {
      if (names.indexOf(name) === index) continue;
      this.report({
        code: 'INVALID_VALUE',
        path: `applications[${index}].name`,
        message: 'two applications have one name',
        got: name,
        expected: 'a name of its own',
        remedy: 'Rename one of them.',
      });
    }
  }
}
