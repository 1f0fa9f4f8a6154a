import type { Construct } from 'constructs';
import type { Problem } from '../errors/problem';
import { MODEL_MEMORY_ANNOTATION } from '../kube/contract';
import { type Devices, deviceCount } from '../kube/devices';
import { seconds } from '../kube/duration';
import { envText } from '../kube/env';
import { nameOf } from '../kube/named';
import { contentHash, joinName } from '../kube/names';
import type { Env } from '../kube/pod';
import { type ModelSource, modelVersion } from '../model/model';
import { modelFile } from '../model/model-file';
import { type ModelVolume, modelVolume, together, type VolumeContext } from '../model/model-volume';
import { http } from '../runtimes/http';
import { type LoadSignal, metricOf, type ServerMetric, seriesOf } from '../runtimes/metrics';
import { GROUP_VARIABLES, type Runtime, type ServerFacts } from '../runtimes/runtime';
import { type IngressProps, ingressProblems, ingressSpec } from '../stack/ingress';
import { patchedHash } from '../stack/patched-hash';
import { maxReplicas } from '../stack/scaling';
import { Workload } from '../stack/workload';
import type { GroupPart, WorkloadTraits } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import { deviceProblems } from './device-problems';
import type { ModelServerProps } from './model-server-props';
import { redisEnv, redisMounts } from './redis-endpoint';
import { runtimeProblems } from './runtime-problems';
import { strategyAnnotation, strategyProblems } from './strategy-annotation';

/** Traits that a disaggregated server passes to the servers of its roles. */
type RoleTraits = Pick<WorkloadTraits, 'group' | 'rendersPods' | 'frontPort'> & {
  readonly role?: 'prefill' | 'decode';
  /** Model name when the props set none. */
  readonly served?: string;
};

export type { ModelAndImage, ModelServerOptions, ModelServerProps, PodShape } from './model-server-props';

/**
 * A model server: Deployment, Service, ServiceAccount, ConfigMap and NetworkPolicy, with an optional autoscaler,
 * PodDisruptionBudget and Ingress. With `nodes` it is a LeaderWorkerSet, and its leaders receive the requests.
 *
 * @example
 * new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   autoscaling: { min: 3, max: 15, cpu: 60 },
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 *   cache: new RedisCache(stack, 'redis'),
 *   ingress: { host: 'fraud-model.api.company.com', tlsSecretName: 'prod-tls' },
 * });
 */
export class ModelServer extends Workload {
  /** Source of the model. */
  readonly model: ModelSource;
  /** Type of server. */
  readonly runtime: Runtime;
  /** Image of the server, before the stack's registry is prepended. */
  readonly serverImage: string;
  /** Name of a file model's ConfigMap, derived from the file's content. */
  readonly modelConfigMap: string;
  /** Content of that ConfigMap. */
  readonly modelFileData: Readonly<Record<string, string>> | undefined;
  /** Whether runtime warnings fail the synth. */
  readonly strict: boolean;
  /** Accelerators per pod. */
  readonly gpu: Devices | undefined;
  /** Pods per replica of the model. */
  readonly nodes: number;
  readonly #props: ModelServerProps;
  readonly #role: RoleTraits;
  #metricServed = false;

  /** `role` is for the parts of a disaggregated server. */
  constructor(scope: Construct, id: string, props: ModelServerProps, role: RoleTraits = {}) {
    refuseWrongTypes('ModelServer', scope, id, props);
    const { model, runtime = http, gpu } = props;
    const image = model.source === 'baked' ? `${model.image}:${model.version}` : (props.image ?? '');
    const shm = props.sharedMemory ?? runtime.sharedMemory?.(deviceCount(gpu));
    super(scope, id, 'model-server', props, {
      image,
      ports: runtime.ports,
      servicePort: props.servicePort ?? 80,
      servicePorts: runtime.servicePorts ?? ('grpc' in runtime.ports ? ['grpc'] : []),
      health: { ...runtime.health, ...runtime.modelHealth?.(props.modelName ?? role.served ?? props.name ?? id) },
      ...(runtime.metrics === undefined ? {} : { metrics: runtime.metrics }),
      metric: (signal) => metricOf(runtime.metrics, signal, runtime.version),
      writableDirectories: runtime.writableDirectories ?? ['/tmp'],
      env: (part) => this.#ownEnv(part),
      mounts: () => [...this.#volume.mounts, ...redisMounts(wanted(props.cache)), this.#settingsMount()],
      initContainers: () => this.#volume.initContainers,
      commandLine: (part) => runtime.command?.(this.#facts(part)) ?? {},
      ...(gpu === undefined ? {} : { devices: gpu }),
      ...(runtime.drain === undefined ? {} : { drain: runtime.drain }),
      ...(runtime.startupTimeout === undefined ? {} : { startupTimeout: runtime.startupTimeout }),
      ...(runtime.user === undefined ? {} : { user: runtime.user }),
      ...(shm === undefined ? {} : { sharedMemory: shm }),
      stored: () => this.#volume.stored,
      fetchSeconds: () => this.#volume.seconds,
      nodes: props.nodes ?? 1,
      ...(runtime.groupServes === undefined ? {} : { groupServes: runtime.groupServes }),
      serviceAccountAnnotations: () => this.#volume.serviceAccountAnnotations,
      ...role,
    });
    this.#props = props;
    this.#role = role;
    this.model = model;
    this.runtime = runtime;
    this.serverImage = image;
    this.strict = props.strict ?? false;
    this.gpu = gpu;
    this.nodes = props.nodes ?? 1;
    this.modelFileData = this.#readModelFile();
    this.modelConfigMap = joinName(this.resourceName, 'model', contentHash(this.modelFileData ?? {}));
    this.#settingsConfigMap();
    this.#modelConfigMap();
    wanted(props.features)?.acceptFrom(this);
    wanted(props.cache)?.acceptFrom(this);
    const ingress = wanted(props.ingress);
    if (ingress !== undefined) this.#ingress(ingress);
    for (const { peer, port } of this.#volume.egress) this.allowTo(peer, Number(port));
    this.#checkModel();
  }

  /** Returns the server version's metric for a signal. */
  metric(signal: LoadSignal): ServerMetric | undefined {
    return metricOf(this.runtime.metrics, signal, this.runtime.version);
  }

  /** How the server's pods get the model and its adapters. */
  get #volume(): ModelVolume {
    const context: VolumeContext = {
      configMap: this.modelConfigMap,
      ownImage: true,
      image: (image) => this.image(image),
      ...(this.runtime.fetchesFromHub ? { hubImage: this.serverImage } : {}),
    };
    const main = modelVolume(this.model, context);
    const adapters = Object.entries(this.runtime.adapters ?? {}).map(([name, source]) =>
      modelVolume(source, { ...context, volume: `adapter-${name}`, directory: this.#adapterDirectory(name) }),
    );
    return adapters.length === 0 ? main : together([main, ...adapters], main.path);
  }

  #adapterDirectory(name: string): string {
    return `/mnt/adapters/${name}`;
  }

  #facts(part: GroupPart): ServerFacts {
    const { gpu, nodes = 1, modelName = this.#role.served ?? this.appName } = this.#props;
    const adapters = Object.keys(this.runtime.adapters ?? {}).map((name) => [name, this.#adapterDirectory(name)]);
    return {
      modelPath: this.#volume.path,
      modelName,
      ports: this.runtime.ports,
      gpus: deviceCount(gpu),
      finishSeconds: this.finishSeconds,
      nodes,
      ...(part === undefined || nodes === 1 ? {} : { group: { part, ...GROUP_VARIABLES } }),
      ...(this.#role.role === undefined ? {} : { role: this.#role.role }),
      adapters: Object.fromEntries(adapters),
    };
  }

  protected override version(): string {
    return modelVersion(this.model);
  }

  protected override modelAnnotation(): Record<string, string> {
    const weights = this.#props.gpu?.weights;
    return {
      ...this.modelVersionAnnotation(modelVersion(this.model)),
      ...(weights === undefined ? {} : { [MODEL_MEMORY_ANNOTATION]: weights }),
      ...strategyAnnotation(this.#props.strategy, this.runtime),
    };
  }

  /** Variables that this component sets itself, without the user's. */
  #ownEnv(part: GroupPart): Env {
    const [features, cache] = [wanted(this.#props.features), wanted(this.#props.cache)];
    return {
      ...this.runtime.env?.(this.#facts(part)),
      ...(features === undefined ? {} : { FEATURE_SERVER_URL: features.url }),
      ...redisEnv(cache),
    };
  }

  /** The settings as files, for servers that read files; same values as in the environment. */
  #settings(): Readonly<Record<string, string>> {
    return envText({ ...this.#ownEnv(undefined), ...this.#props.env });
  }

  #settingsName(): string {
    const data = this.#settings();
    return joinName(this.resourceName, patchedHash(this, 'ConfigMap', { data }, data));
  }

  #settingsMount() {
    return { name: 'settings', source: { configMap: { name: this.#settingsName() } }, mountPath: '/etc/model-server' };
  }

  #settingsConfigMap(): void {
    this.manifest('ConfigMap', { apiVersion: 'v1', kind: 'ConfigMap' }, this.resourceName, () => ({
      metadata: { name: this.#settingsName() },
      immutable: true,
      data: this.#settings(),
    }));
  }

  #modelConfigMap(): void {
    const binaryData = this.modelFileData;
    if (binaryData === undefined) return;
    this.manifest('ModelFile', { apiVersion: 'v1', kind: 'ConfigMap' }, this.modelConfigMap, () => ({
      immutable: true,
      binaryData,
    }));
  }

  #readModelFile(): Readonly<Record<string, string>> | undefined {
    if (this.model.source !== 'file') return undefined;
    const result = modelFile(this.model);
    if ('data' in result) return result.data;
    this.report(result);
    return undefined;
  }

  #ingress(props: IngressProps): void {
    const type = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress' };
    const port = this.#props.servicePort ?? 80;
    for (const problem of ingressProblems(props)) this.report(problem);
    this.manifest('Ingress', type, this.resourceName, () => ({
      ...(props.annotations === undefined ? {} : { metadata: { name: this.resourceName, annotations: props.annotations } }),
      spec: ingressSpec(props, this.resourceName, port),
    }));
    this.allowFrom({ namespace: this.settings.ingressNamespace ?? 'ingress-nginx' }, this.port);
  }

  #checkModel(): void {
    const { model, runtime } = this;
    if (model.source === 'claim' && model.accessMode === 'ReadWriteOnce' && maxReplicas(this.scaling) + this.surge.maxSurge > 1) {
      this.report({
        code: 'CLAIM_NOT_SHARED',
        path: 'model.accessMode',
        message: `up to ${maxReplicas(this.scaling) + this.surge.maxSurge} pods mount a ReadWriteOnce claim during a rollout`,
        got: nameOf(model.claim),
        expected: 'ReadOnlyMany or ReadWriteMany',
        remedy: 'Use a claim that several nodes can mount, or Model.download.',
      });
    }
    this.#checkMetrics();
    const group = (this.#props.nodes ?? 1) > 1 || this.#role.group === true;
    for (const problem of strategyProblems(this.#props.strategy, this.runtime, group)) this.report(problem);
    this.#checkModelName();
    const volume = this.#volume;
    if (volume.imageVolume) this.requireVersion(35, 'model', 'an image as a volume');
    const found = [...volume.problems, ...runtimeProblems(runtime, this.serverImage), ...deviceProblems(this.#props, runtime)];
    for (const problem of found) this.report(problem);
    if (this.strict) for (const warning of this.runtime.warnings ?? []) this.#warn(warning);
    this.#checkDrain();
  }

  /** A model name that the runtime does not pass on would be ignored. */
  #checkModelName(): void {
    const { modelName } = this.#props;
    if (modelName === undefined) return;
    const told = (other: string) => {
      const facts = { ...this.#facts(undefined), modelName: other };
      return JSON.stringify([this.runtime.command?.(facts), this.runtime.env?.(facts)]);
    };
    if (told(modelName) !== told(`other-${modelName}`)) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'modelName',
      message: `the ${this.runtime.name} runtime takes no model name`,
      got: modelName,
      expected: 'a runtime whose command line or environment uses it',
      remedy: 'Remove modelName, or set the name in an option of the runtime.',
    });
  }

  #checkMetrics(): void {
    const { autoscaling, autoscaling: { metric } = {} } = this.scaling;
    if (metric !== undefined && metric.servedBy === undefined) this.#checkMetric(metric.name);
    if (autoscaling === undefined || !('by' in autoscaling) || this.metric(autoscaling.on) !== undefined) return;
    this.report({
      code: 'METRIC_UNKNOWN',
      path: 'autoscaling.on',
      message: `the ${this.runtime.name} runtime has no metric of that meaning`,
      got: autoscaling.on,
      expected: Object.keys(this.runtime.metrics?.series ?? {}).join(', ') || 'autoscaling by CPU',
      remedy: 'Scale on a metric that the runtime has, or add the series to the runtime.',
    });
  }

  #checkMetric(name: string): void {
    const known = seriesOf(this.runtime.metrics, this.runtime.version);
    if (known.includes(name)) return;
    this.report({
      code: 'NO_METRICS',
      path: 'autoscaling.metric.name',
      message: `the ${this.runtime.name} runtime has no such metric`,
      got: name,
      expected: known.join(', ') || 'autoscaling by CPU',
      remedy: 'Name a metric of the runtime, or give the runtime that metric.',
    });
  }

  #checkDrain(): void {
    const needed = this.runtime.drain;
    if (needed === undefined || this.#props.drain === undefined) return;
    const times = seconds(this.#props.drain.delay ?? needed.before) + seconds(this.#props.drain.timeout ?? needed.finish);
    if (this.graceSeconds >= times) return;
    this.report({
      code: 'GRACE_TOO_SHORT',
      path: 'drain',
      message: 'the grace period ends before the server has finished its requests',
      got: `${this.graceSeconds} s`,
      expected: `at least ${times} s`,
      remedy: 'Give the drain more time.',
    });
  }

  /** Records that a metrics adapter serves this server's scaling metric. */
  metricServed(): void {
    this.#metricServed = true;
  }

  override problems(): readonly Problem[] {
    const { autoscaling } = this.scaling;
    const signal = autoscaling !== undefined && 'by' in autoscaling && 'adapter' in autoscaling.by ? autoscaling.on : undefined;
    const metric = autoscaling?.metric?.servedBy === 'cluster' ? undefined : (autoscaling?.metric?.name ?? signal);
    if (metric === undefined || this.#metricServed || this.settings.customMetrics === 'external') return super.problems();
    const unserved: Problem = {
      code: 'METRIC_NOT_SERVED',
      subject: this.node.path,
      path: signal === undefined ? 'autoscaling.metric.name' : 'autoscaling.by',
      message: 'nothing serves the metric that the autoscaler uses',
      got: metric,
      expected: 'a PrometheusAdapter that serves this server',
      remedy: "Add one, set the stack's customMetrics to 'external' if the cluster has one, or scale by CPU.",
    };
    return [...super.problems(), unserved];
  }

  #warn(warning: string): void {
    this.report({ code: 'RUNTIME_WARNING', message: warning, remedy: 'Follow it, or set strict to false.' });
  }
}

/** Turns `'off'` into `undefined`. */
function wanted<T extends object>(part: T | 'off' | undefined): T | undefined {
  return part === 'off' ? undefined : part;
}
