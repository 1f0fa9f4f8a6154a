import type { Construct } from 'constructs';
import type { Problem } from '../errors/problem';
import { MODEL_MEMORY_ANNOTATION } from '../kube/contract';
import { envText } from '../kube/env';
import type { Forbidden } from '../kube/forbidden';
import type { PinnedImage } from '../kube/image';
import { contentHash, joinName } from '../kube/names';
import type { Env } from '../kube/pod';
import type { Gpu } from '../kube/resources';
import type { BakedModel, ModelSource } from '../model/model';
import { modelFile } from '../model/model-file';
import { type ModelVolume, modelVolume } from '../model/model-volume';
import { http } from '../runtimes/http';
import type { Runtime } from '../runtimes/runtime';
import type { HttpEndpoint } from '../stack/endpoint';
import { type IngressProps, ingressSpec } from '../stack/ingress';
import { maxReplicas } from '../stack/scaling';
import { Workload, type WorkloadProps } from '../stack/workload';
import { type RedisEndpoint, redisEnv, redisMounts } from './redis-endpoint';

/** A model in the server's own image names the image itself; every other model needs an image that serves it. */
export type ModelAndImage =
  | {
      /** Where the model comes from. */
      readonly model: Exclude<ModelSource, BakedModel>;
      /** The image of the server. @default - a baked model's own image */
      readonly image: PinnedImage;
    }
  | { readonly model: BakedModel; readonly image?: Forbidden<PinnedImage, 'a baked model names its image itself'> };

interface ModelServerOptions {
  /** The kind of server: ports, probes, metrics. @default Runtime of an HTTP server with health routes */
  readonly runtime?: Runtime;
  /** Where features are fetched; sets FEATURE_SERVER_URL. @default - none */
  readonly features?: HttpEndpoint;
  /** Where predictions are cached; sets REDIS_HOST and REDIS_PORT. @default - none */
  readonly cache?: RedisEndpoint;
  /** GPUs of each pod; brings the toleration for GPU nodes and a rollout that needs no spare GPU. @default - none */
  readonly gpu?: Gpu;
  /** Makes the server reachable from outside the cluster. @default - only inside */
  readonly ingress?: IngressProps;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
  /** Whether a runtime's warnings fail the synth. @default false */
  readonly strict?: boolean;
}

/** What a model server is told. */
export type ModelServerProps = WorkloadProps & ModelAndImage & ModelServerOptions;

/**
 * A model server: Deployment, Service, ServiceAccount, ConfigMap and NetworkPolicy, with an autoscaler, a disruption budget and an
 * Ingress where they are asked for.
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
  /** Where its model comes from. */
  readonly model: ModelSource;
  /** What kind of server it is. */
  readonly runtime: Runtime;
  /** The server's image, before the stack's registry is put in front. */
  readonly serverImage: string;
  /** The ConfigMap of a file model, under a name that follows from the file. */
  readonly modelConfigMap: string;
  /** The content of that ConfigMap. */
  readonly modelFileData: Readonly<Record<string, string>> | undefined;
  /** Whether its runtime's warnings fail the synth. */
  readonly strict: boolean;
  readonly #props: ModelServerProps;
  #metricServed = false;

  constructor(scope: Construct, id: string, props: ModelServerProps) {
    const { model, runtime = http } = props;
    const image = model.source === 'baked' ? `${model.image}:${model.version}` : (props.image ?? '');
    super(scope, id, 'model-server', props, {
      image,
      port: runtime.port,
      servicePort: props.servicePort ?? 80,
      health: runtime.health,
      ...(runtime.metricsPath === undefined ? {} : { metricsPath: runtime.metricsPath }),
      writableDirectories: runtime.writableDirectories,
      env: () => this.#ownEnv(),
      mounts: () => [...this.#volume.mounts, ...redisMounts(props.cache), this.#settingsMount()],
      initContainers: () => this.#volume.initContainers,
      ...(props.gpu === undefined ? {} : { gpu: props.gpu }),
    });
    this.#props = props;
    this.model = model;
    this.runtime = runtime;
    this.serverImage = image;
    this.strict = props.strict ?? false;
    this.modelFileData = this.#readModelFile();
    this.modelConfigMap = joinName(this.resourceName, 'model', contentHash(this.modelFileData ?? {}));
    this.#settingsConfigMap();
    this.#modelConfigMap();
    props.features?.acceptFrom(this);
    props.cache?.acceptFrom(this);
    if (props.ingress !== undefined) this.#ingress(props.ingress);
    this.#connect();
    this.#checkModel();
  }

  /** How the server's pods come by the model. */
  get #volume(): ModelVolume {
    return modelVolume(this.model, { configMap: this.modelConfigMap, ownImage: true, image: (image) => this.image(image) });
  }

  protected override version(): string {
    return this.model.version;
  }

  protected override modelAnnotation(): Record<string, string> {
    const weights = this.#props.gpu?.weights;
    return {
      ...this.modelVersionAnnotation(this.model.version),
      ...(weights === undefined ? {} : { [MODEL_MEMORY_ANNOTATION]: weights }),
    };
  }

  /** The variables this component sets by itself, without the user's. */
  #ownEnv(): Env {
    const { features, cache } = this.#props;
    return {
      [this.runtime.modelPathVariable]: this.#volume.path,
      ...(features === undefined ? {} : { FEATURE_SERVER_URL: features.url }),
      ...redisEnv(cache),
    };
  }

  /** The settings as files, for servers that read them there; the same facts as in the environment. */
  #settings(): Readonly<Record<string, string>> {
    return envText({ ...this.#ownEnv(), ...this.#props.env });
  }

  #settingsName(): string {
    return joinName(this.resourceName, contentHash(this.#settings()));
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
    this.manifest('Ingress', type, this.resourceName, () => ({
      ...(props.annotations === undefined ? {} : { metadata: { name: this.resourceName, annotations: props.annotations } }),
      spec: ingressSpec(props, this.resourceName, port),
    }));
    this.allowFrom({ namespace: this.settings.ingressNamespace ?? 'ingress-nginx' }, this.port);
  }

  #connect(): void {
    if (this.#volume.downloads) this.allowTo({ anywhere: true }, 443);
  }

  #checkModel(): void {
    const { model } = this;
    if (model.source === 'claim' && model.accessMode === 'ReadWriteOnce' && maxReplicas(this.scaling) + this.surge.maxSurge > 1) {
      this.report({
        code: 'CLAIM_NOT_SHARED',
        path: 'model.accessMode',
        message: `up to ${maxReplicas(this.scaling) + this.surge.maxSurge} pods mount a ReadWriteOnce claim during a rollout`,
        got: model.claim,
        expected: 'ReadOnlyMany or ReadWriteMany',
        remedy: 'Use a claim that several nodes can mount, or Model.download.',
      });
    }
    if (this.scaling.autoscaling?.metric !== undefined) this.#checkMetric(this.scaling.autoscaling.metric.name);
    if (this.strict) for (const warning of this.runtime.warnings) this.#warn(warning);
  }

  #checkMetric(name: string): void {
    if (this.runtime.scalingMetrics.includes(name)) return;
    this.report({
      code: 'NO_METRICS',
      path: 'autoscaling.metric.name',
      message: `the ${this.runtime.name} runtime has no such metric`,
      got: name,
      expected: this.runtime.scalingMetrics.join(', ') || 'autoscaling by CPU',
      remedy: 'Name a metric of the runtime, or give the runtime that metric.',
    });
  }

  /** Notes that a metrics adapter serves this server's scaling metric. */
  metricServed(): void {
    this.#metricServed = true;
  }

  override problems(): readonly Problem[] {
    const metric = this.scaling.autoscaling?.metric;
    if (metric === undefined || this.#metricServed || this.settings.customMetrics === 'external') return super.problems();
    const unserved: Problem = {
      code: 'METRIC_NOT_SERVED',
      subject: this.node.path,
      path: 'autoscaling.metric.name',
      message: 'nothing serves the metric that the autoscaler uses',
      got: metric.name,
      expected: 'a PrometheusAdapter that serves this server',
      remedy: "Add one, set the stack's customMetrics to 'external' if the cluster has one, or scale by CPU.",
    };
    return [...super.problems(), unserved];
  }

  #warn(warning: string): void {
    this.report({ code: 'RUNTIME_WARNING', message: warning, remedy: 'Follow it, or set strict to false.' });
  }
}
