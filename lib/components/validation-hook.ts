import type { Construct } from 'constructs';
import type { Problem } from '../errors/problem';
import {
  GATE_ANNOTATION,
  GATE_SUPPORT_ANNOTATION,
  type GatePhase,
  MIN_SAMPLES_ANNOTATION,
  NONCE_ANNOTATION,
  NONCE_VARIABLE,
  THRESHOLDS_ANNOTATION,
  VALIDATES_ANNOTATION,
} from '../kube/contract';
import type { Devices } from '../kube/devices';
import { type DurationLike, seconds } from '../kube/duration';
import { imageVersion, isPinnedImage, type PinnedImage } from '../kube/image';
import { nameOf } from '../kube/named';
import { contentHash, joinName } from '../kube/names';
import { networkPolicySpec } from '../kube/network-policy';
import type { KubeObject } from '../kube/object';
import { placementSpec, queueLabels } from '../kube/placement';
import { type Env, type Mount, type OwnMount, podSpec, scratch } from '../kube/pod';
import { type ContainerResources, containerResources } from '../kube/resources';
import { type GateThresholds, thresholdMistakes } from '../kube/thresholds';
import type { Dataset } from '../model/dataset';
import { type ModelVolume, modelVolume } from '../model/model-volume';
import { Component, type ComponentProps } from '../stack/component';
import { imageExceptions, relaxedExceptions } from '../stack/exceptions';
import { patchedHash } from '../stack/patched-hash';
import { reservedVariables, reservedVolumes } from '../stack/reserved-problems';
import type { PodOptions } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';
import { candidateProblems } from './candidate-problems';
import type { ModelServer } from './model-server';

/** Properties for `ValidationHook`. */
export interface ValidationHookProps extends ComponentProps, PodOptions {
  /** Server with the model to validate. */
  readonly validates: ModelServer;
  /** Image of the validator. */
  readonly image: PinnedImage;
  /** Command of the validator. @default - the image's own command */
  readonly command?: readonly string[];
  /** Dataset that the model is measured on. */
  readonly dataset: Dataset;
  /** Bounds by metric: quality from 0 to 1 (`auc`, `f1`, `accuracy`), latency in milliseconds (`latencyP99Ms`). */
  readonly thresholds: GateThresholds;
  /** Minimum number of samples behind the metrics. @default - no minimum */
  readonly minSamples?: number;
  /**
   * Whether the report must contain the nonce from the variable GATE_NONCE; `'none'` for validators without nonce support.
   * @default 'required'
   */
  readonly nonce?: 'required' | 'none';
  /** When the gate runs. @default 'before': before any change, also on install */
  readonly phase?: GatePhase;
  /** Whether the cluster has spare devices for a candidate. @default - a candidate that needs devices is refused */
  readonly spareDevices?: boolean;
  /** Timeout of the whole gate, including scheduling and downloads. @default '20m' */
  readonly timeout?: DurationLike;
  /** Resource requests and limits. @default 1 core and 2Gi, limited to 2 cores and 4Gi */
  readonly resources?: ContainerResources;
  /** GPUs of the pod. @default - none */
  readonly gpu?: Devices;
  /** Additional environment variables. @default - none */
  readonly env?: Env;
  /** Additional volumes. @default - none */
  readonly volumes?: readonly OwnMount[];
  /** Name of the container. @default 'model-validator' */
  readonly containerName?: string;
}

const RESOURCES: ContainerResources = { requests: { cpu: '1', memory: '2Gi' }, limits: { cpu: '2', memory: '4Gi' } };

/** Names of the variables that validators read. */
const VARIABLES: Readonly<Record<string, string>> = { 'auc.min': 'MINIMUM_AUC', 'latencyP99Ms.max': 'MAXIMUM_P99_LATENCY_MS' };

/**
 * A gate: a Job that measures a server's model and reports metrics. The release runs it, checks the metrics against the
 * thresholds again, and continues only with a passing result. The gate gets the model from the server's source. It may call the
 * live version at LIVE_URL and, in phase `candidate`, the new one at CANDIDATE_URL. A failed assertion is never retried, a lost
 * node is. The Job's name is derived from its content.
 *
 * @example
 * const server = new ModelServer(stack, 'model', {
 *   model: Model.baked({ image: 'registry.company.com/fraud-model', version: 'v2.1.0', path: '/models/model.pt', copyable: true }),
 *   replicas: 2,
 *   resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
 * });
 * new ValidationHook(stack, 'validate', {
 *   validates: server,
 *   image: 'registry.company.com/ml-validator:v1.2',
 *   dataset: { uri: 's3://ml-data/validation/fraud/2026-01/', credentials: 'ml-data-reader' },
 *   thresholds: { auc: { min: 0.92 }, latencyP99Ms: { max: 150 } },
 * });
 */
export class ValidationHook extends Component {
  readonly #props: ValidationHookProps;
  readonly #ownImage: boolean;
  #computedName: string | undefined;

  constructor(scope: Construct, id: string, props: ValidationHookProps) {
    refuseWrongTypes('ValidationHook', scope, id, props);
    super(scope, id, 'gate', props, props.validates.resourceName);
    const { validates: server } = props;
    this.#props = props;
    this.#ownImage = server.model.source === 'baked' && props.image === server.serverImage;
    this.manifest('Default', { apiVersion: 'batch/v1', kind: 'Job' }, this.resourceName, () => this.#job());
    if (props.serviceAccount === undefined) {
      const noToken = () => ({ automountServiceAccountToken: false });
      this.#support('ServiceAccount', 'v1', this.resourceName, noToken, props.dataset.workloadIdentity);
    }
    this.#support('NetworkPolicy', 'networking.k8s.io/v1', this.resourceName, () => ({ spec: this.#networkPolicy() }));
    const file = server.modelFileData;
    if (file !== undefined) this.#support('ConfigMap', 'v1', this.#modelConfigMap, () => ({ immutable: true, binaryData: file }));
    server.allowGate(this, server.port);
    this.except(...relaxedExceptions('Job', props.security), ...imageExceptions('Job', [props.image], 'IfNotPresent'));
    this.#check();
  }

  override problems(): readonly Problem[] {
    const { env, volumes = [] } = this.#props;
    const found = [
      ...reservedVariables({ ...this.#ownEnv(), [NONCE_VARIABLE]: '' }, env),
      ...reservedVolumes(
        [...this.#volume.mounts, scratch('/tmp')],
        volumes.filter(({ mountPath }) => mountPath !== '/tmp'),
      ),
    ];
    return [...super.problems(), ...found.map((problem) => ({ subject: this.node.path, ...problem }))];
  }

  override get serviceAccountName(): string {
    const { serviceAccount } = this.#props;
    return serviceAccount === undefined ? this.resourceName : nameOf(serviceAccount);
  }

  protected override version(): string {
    return imageVersion(this.#props.image);
  }

  get #modelConfigMap(): string {
    return joinName(this.resourceName, 'model', contentHash(this.#props.validates.modelFileData ?? {}));
  }

  /** Computed once, after all components are connected. */
  get #jobName(): string {
    const spec = this.#computedName === undefined ? this.#spec() : {};
    this.#computedName ??= joinName(this.resourceName, patchedHash(this, 'Default', { spec }, [spec, this.#annotations()]));
    return this.#computedName;
  }

  get #volume(): ModelVolume {
    const { model, runtime, serverImage } = this.#props.validates;
    return modelVolume(model, {
      configMap: this.#modelConfigMap,
      ownImage: this.#ownImage,
      image: (name) => this.image(name),
      ...(runtime.fetchesFromHub ? { hubImage: serverImage } : {}),
    });
  }

  #support(
    kind: string,
    apiVersion: string,
    name: string,
    render: () => Partial<KubeObject>,
    annotations: Readonly<Record<string, string>> = {},
  ): void {
    this.manifest(kind, { apiVersion, kind }, name, () => ({
      ...render(),
      metadata: { name, annotations: { ...annotations, [GATE_SUPPORT_ANNOTATION]: this.#jobName } },
    }));
  }

  #annotations(): Record<string, string> {
    const { validates, thresholds, minSamples, nonce, phase = 'before' } = this.#props;
    return {
      [GATE_ANNOTATION]: phase,
      [THRESHOLDS_ANNOTATION]: JSON.stringify(thresholds),
      [VALIDATES_ANNOTATION]: `Deployment/${validates.resourceName}`,
      ...(minSamples === undefined ? {} : { [MIN_SAMPLES_ANNOTATION]: String(minSamples) }),
      ...(nonce === 'none' ? { [NONCE_ANNOTATION]: nonce } : {}),
    };
  }

  #job(): Partial<KubeObject> {
    return { metadata: { name: this.#jobName, annotations: this.#annotations() }, spec: this.#spec() };
  }

  #spec() {
    const { timeout = '20m', gpu, placement = {}, podAnnotations, podLabels, podSettings } = this.#props;
    return {
      backoffLimit: 0,
      activeDeadlineSeconds: seconds(timeout),
      ttlSecondsAfterFinished: 86400,
      // A drained node or a preempted pod proves nothing about the model.
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
      template: {
        metadata: {
          labels: { ...podLabels, ...queueLabels(placement), ...this.podLabels() },
          ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }),
        },
        spec: {
          ...this.#pod(),
          restartPolicy: 'Never',
          ...placementSpec({ spread: 'none', ...placement }, this.selectorLabels, gpu),
          ...podSettings,
        },
      },
    };
  }

  #pod() {
    const { image, command, resources = RESOURCES, gpu, volumes = [], dataset, containerName = 'model-validator' } = this.#props;
    const credentials: readonly Mount[] =
      dataset.credentials === undefined
        ? []
        : [
            {
              name: 'dataset-credentials',
              source: { secret: { secretName: nameOf(dataset.credentials) } },
              mountPath: '/var/run/secrets/dataset',
            },
          ];
    return podSpec({
      serviceAccountName: this.serviceAccountName,
      security: this.#props.security ?? {},
      imagePullSecrets: this.settings.imagePullSecrets ?? [],
      mounts: [...this.#volume.mounts, ...credentials, ...volumes, scratch('/tmp')],
      initContainers: this.#volume.initContainers,
      containers: [
        {
          name: containerName,
          image: this.image(image),
          imagePullPolicy: 'IfNotPresent',
          ...(command === undefined ? {} : { command }),
          env: { ...this.#ownEnv(), ...this.#props.env },
          resources: containerResources(resources, gpu),
          ...this.#props.containerSettings,
        },
      ],
    });
  }

  #ownEnv(): Env {
    const { validates, dataset, thresholds } = this.#props;
    const limits = Object.entries(thresholds).flatMap(([metric, bounds]) =>
      Object.entries(bounds).flatMap(([end, value]) => {
        const variable = VARIABLES[`${metric}.${end}`];
        return variable === undefined ? [] : [[variable, value] as const];
      }),
    );
    return {
      MODEL_PATH: this.#volume.path,
      LIVE_URL: validates.url,
      VALIDATION_DATASET: dataset.uri,
      ...Object.fromEntries(limits),
      GATE_THRESHOLDS: JSON.stringify(thresholds),
      GATE_RESULT_PATH: '/dev/termination-log',
      ...(dataset.credentials === undefined ? {} : { DATASET_CREDENTIALS_DIR: '/var/run/secrets/dataset' }),
    };
  }

  #networkPolicy() {
    const { validates, dataset } = this.#props;
    return networkPolicySpec(
      this.networkLabels,
      [],
      [
        ...(isRemote(dataset.uri) ? [{ peer: { anywhere: true } as const, port: 443 }] : []),
        ...this.#volume.egress,
        { peer: { pods: validates.networkLabels }, port: validates.port },
      ],
    );
  }

  #check(): void {
    const { validates: server, image, thresholds, dataset } = this.#props;
    if (!isPinnedImage(image)) {
      this.report({
        code: 'UNPINNED_IMAGE',
        path: 'image',
        message: 'not an image with a version',
        got: image,
        expected: 'repository:tag with a digit in the tag, or a digest',
        remedy: 'Name the version that was tested.',
      });
    }
    if (server.model.source === 'baked' && !this.#ownImage && server.model.copyable !== true) {
      this.report({
        code: 'GATE_CANNOT_REACH_MODEL',
        path: 'image',
        message: "the model is baked into the server's image, and the gate runs another one",
        got: image,
        expected: server.serverImage,
        remedy: "Run the server's image, say copyable: true of a model whose image has a cp, or use another model source.",
      });
    }
    if (isRemote(dataset.uri) && dataset.credentials === undefined && dataset.workloadIdentity === undefined) {
      this.report({
        code: 'DATASET_WITHOUT_CREDENTIALS',
        path: 'dataset',
        message: 'a remote data set needs an account to be read with',
        got: dataset.uri,
        expected: 'credentials or workloadIdentity',
        remedy: 'Name the Secret with the credentials, or the annotations of a workload identity.',
      });
    }
    this.#checkThresholds(thresholds);
    this.#checkTimeout();
    const { phase = 'before', spareDevices } = this.#props;
    for (const problem of candidateProblems(server, phase, spareDevices)) this.report(problem);
  }

  /** The gate waits for a candidate, and the validator loads the same model: both need at least the server's startup time. */
  #checkTimeout(): void {
    const { validates: server, timeout, phase = 'before' } = this.#props;
    if (timeout === undefined || (phase !== 'candidate' && !server.hasStartupTimeout)) return;
    if (seconds(timeout) >= server.startSeconds) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'timeout',
      message: 'the gate ends before the model that it validates may have started',
      got: timeout,
      expected: `at least the ${server.startSeconds}s of the server's startupTimeout`,
      remedy: 'Give the gate more time, or lower the startupTimeout of the server.',
    });
  }

  #checkThresholds(thresholds: GateThresholds): void {
    if (!Object.values(thresholds).some(({ min, max }) => min !== undefined || max !== undefined)) {
      this.report({
        code: 'GATE_WITHOUT_THRESHOLD',
        path: 'thresholds',
        message: 'nothing that this gate measures can fail it',
        expected: 'at least one metric with min or max',
        remedy: 'Give a bound such as { auc: { min: 0.92 } }.',
      });
    }
    for (const { path, ...mistake } of thresholdMistakes(thresholds))
      this.report({ code: 'INVALID_VALUE', path: `thresholds.${path}`, ...mistake, remedy: 'Correct the threshold.' });
  }
}

function isRemote(uri: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//.test(uri) && !uri.startsWith('file://');
}
