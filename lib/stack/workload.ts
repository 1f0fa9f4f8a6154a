import { isDeepStrictEqual } from 'node:util';
import type { Construct } from 'constructs';
import { type DurationLike, seconds } from '../kube/duration';
import { imageVersion, isPinnedImage, parseImage } from '../kube/image';
import { type Placement, placementSpec } from '../kube/placement';
import { type ContainerInput, type Env, type Mount, podSpec, scratch } from '../kube/pod';
import { type HealthChecks, type ProbeTiming, probes } from '../kube/probes';
import { type ContainerResources, containerResources, type Gpu } from '../kube/resources';
import type { SecurityOptions } from '../kube/security';
import { Component, type ComponentProps, type Role } from './component';
import type { HttpEndpoint } from './endpoint';
import { imageExceptions } from './exceptions';
import { autoscalerSpec, minReplicas, type Scaling, scalingMistakes } from './scaling';

/** How a pod takes leave: it stays in service while the change of endpoints spreads, then finishes what it is doing. */
export interface Drain {
  /** Wait before the container is told to stop. @default '15s' */
  readonly delay?: DurationLike;
  /** Time to finish requests after that. @default '30s' */
  readonly timeout?: DurationLike;
}

/** Another container of the same pods, for logging or monitoring. Every API field of a container may be given. */
export interface Sidecar extends ContainerInput {
  /** What it asks for and may use. */
  readonly resources: ContainerResources;
}

/** What every Deployment of this library can be told. */
export interface WorkloadOptions extends ComponentProps {
  /** What the main container asks for and may use; there is no default, because every model is different. */
  readonly resources: ContainerResources;
  /** Where pods may run. @default - anywhere, softly spread over nodes and zones */
  readonly placement?: Placement;
  /** Longest time from start until ready; the startup probe gives up after it. @default '5m' */
  readonly startBudget?: DurationLike;
  /** How a pod takes leave. @default 15 s in service, then 30 s to finish */
  readonly drain?: Drain;
  /** How often and how patiently the probes ask. @default - see ProbeTiming */
  readonly probeTiming?: ProbeTiming;
  /** Further environment variables; numbers and booleans become text. @default - none */
  readonly env?: Env;
  /** Further volumes. @default - none */
  readonly volumes?: readonly Mount[];
  /** Further containers, for logging or monitoring. @default - none */
  readonly sidecars?: readonly Sidecar[];
  /** What is weakened, by name. @default - nothing: the restricted Pod Security level */
  readonly security?: SecurityOptions;
  /** Annotations of the pods. @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Name of the main container. @default the component's name */
  readonly containerName?: string;
  /** @default 'IfNotPresent', because images name a version */
  readonly pullPolicy?: 'IfNotPresent' | 'Always' | 'Never';
  /** Annotations of the ServiceAccount, for workload identity. @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
}

/** What every Deployment of this library is told, its size included. */
export type WorkloadProps = WorkloadOptions & Scaling;

/** What a kind of component adds to its users' props. Functions run when the object is written. */
export interface WorkloadTraits {
  readonly image: string;
  readonly port: number;
  /** Port of the Service; absent for workers that nobody calls. */
  readonly servicePort?: number;
  readonly health: HealthChecks;
  readonly metricsPath?: string;
  readonly writableDirectories: readonly string[];
  readonly env: () => Env;
  readonly mounts?: () => readonly Mount[];
  readonly initContainers?: () => readonly ContainerInput[];
  readonly gpu?: Gpu;
  readonly command?: readonly string[];
}

/** A component that is a Deployment of one container image, with everything that belongs to it. */
export abstract class Workload extends Component implements HttpEndpoint {
  /** How many pods, or what decides that. */
  readonly scaling: Scaling;
  /** Port of the container. */
  readonly port: number;
  /** HTTP path of its metrics; nothing where it has none. */
  readonly metricsPath: string | undefined;
  protected readonly startSeconds: number;
  readonly #props: WorkloadProps;
  readonly #traits: WorkloadTraits;
  readonly #podAnnotations: Record<string, string> = {};

  protected constructor(scope: Construct, id: string, role: Role, props: WorkloadProps, traits: WorkloadTraits) {
    super(scope, id, role, props);
    this.#props = props;
    this.#traits = traits;
    this.port = traits.port;
    this.metricsPath = traits.metricsPath;
    this.startSeconds = seconds(props.startBudget ?? '5m');
    this.scaling = props.autoscaling === undefined ? { replicas: props.replicas ?? 1 } : { autoscaling: props.autoscaling };
    this.#check();
    this.#declareExceptions();
    this.manifest('Default', { apiVersion: 'apps/v1', kind: 'Deployment' }, this.resourceName, () => this.#deployment());
    if (traits.servicePort !== undefined) this.#service(traits.servicePort);
    this.serviceAccount(props.serviceAccountAnnotations);
    this.networkPolicy(traits.servicePort === undefined ? undefined : this.port);
    if (minReplicas(this.scaling) >= 2) this.disruptionBudget();
    if (props.autoscaling !== undefined) this.#autoscaler(props.autoscaling);
  }

  /** Base URL inside the namespace. */
  get url(): string {
    const { servicePort = this.port } = this.#traits;
    return `http://${this.resourceName}${servicePort === 80 ? '' : `:${servicePort}`}`;
  }

  /** Allows a client to call it, on every side that has a NetworkPolicy. */
  acceptFrom(client: Component): void {
    client.connectTo(this, this.port);
  }

  /** Adds annotations to the pods; a metrics exporter does. */
  annotatePods(annotations: Readonly<Record<string, string>>): void {
    Object.assign(this.#podAnnotations, annotations);
  }

  protected override version(): string | undefined {
    return imageVersion(this.#traits.image);
  }

  /** How many pods a rollout adds, and how many it may take away. GPUs are rarely spare, so there the old pod goes first. */
  get surge(): { readonly maxSurge: number; readonly maxUnavailable: number } {
    return this.#traits.gpu === undefined ? { maxSurge: 1, maxUnavailable: 0 } : { maxSurge: 0, maxUnavailable: 1 };
  }

  #deployment() {
    const { drain = {}, podAnnotations, placement = {} } = this.#props;
    const grace = Math.ceil((seconds(drain.delay ?? '15s') + seconds(drain.timeout ?? '30s')) * 1.5);
    const annotations = { ...podAnnotations, ...this.#podAnnotations };
    return {
      spec: {
        ...(this.scaling.autoscaling === undefined ? { replicas: this.scaling.replicas ?? 1 } : {}),
        revisionHistoryLimit: 5,
        // Longer than a start may take, or a slow model counts as a failed rollout.
        progressDeadlineSeconds: Math.max(600, this.startSeconds + grace + 120),
        selector: { matchLabels: this.selectorLabels },
        strategy: { type: 'RollingUpdate', rollingUpdate: this.surge },
        template: {
          metadata: { labels: this.podLabels(), ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
          spec: this.#pod({
            terminationGracePeriodSeconds: grace,
            ...placementSpec(placement, this.selectorLabels, this.#traits.gpu),
          }),
        },
      },
    };
  }

  #pod(spec: Record<string, unknown>) {
    const { mounts, initContainers, writableDirectories } = this.#traits;
    const { sidecars = [], security = {}, volumes = [] } = this.#props;
    return podSpec({
      serviceAccountName: this.resourceName,
      security,
      imagePullSecrets: this.settings.imagePullSecrets ?? [],
      mounts: [...(mounts?.() ?? []), ...volumes, ...writableDirectories.map((path) => scratch(path))],
      initContainers: initContainers?.() ?? [],
      containers: [
        this.#mainContainer(),
        ...sidecars.map((sidecar) => ({
          ...sidecar,
          image: this.image(sidecar.image),
          resources: containerResources(sidecar.resources),
        })),
      ],
      spec,
    });
  }

  #mainContainer(): ContainerInput {
    const { containerName = this.appName, drain = {}, env, pullPolicy = 'IfNotPresent', probeTiming, resources } = this.#props;
    const { image, command, port, health, gpu } = this.#traits;
    return {
      name: containerName,
      image: this.image(image),
      imagePullPolicy: pullPolicy,
      ...(command === undefined ? {} : { command }),
      ports: [{ name: 'http', containerPort: port, protocol: 'TCP' }],
      env: { ...this.#traits.env(), ...env },
      resources: containerResources(resources, gpu),
      ...probes(health, 'http', this.startSeconds, probeTiming),
      lifecycle: { preStop: this.#preStop(seconds(drain.delay ?? '15s')) },
    };
  }

  /** The kubelet itself sleeps from Kubernetes 1.30 on; before, the image has to have a `sleep`. */
  #preStop(delay: number): Record<string, unknown> {
    const minor = Number((this.settings.kubernetesVersion ?? '1.30').split('.')[1]);
    return minor >= 30 ? { sleep: { seconds: delay } } : { exec: { command: ['sleep', String(delay)] } };
  }

  #service(port: number): void {
    this.manifest('Service', { apiVersion: 'v1', kind: 'Service' }, this.resourceName, () => ({
      spec: {
        type: 'ClusterIP',
        selector: this.selectorLabels,
        ports: [{ name: 'http', port, targetPort: 'http', protocol: 'TCP' }],
      },
    }));
  }

  #autoscaler(autoscaling: NonNullable<Scaling['autoscaling']>): void {
    const type = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
    this.manifest('HorizontalPodAutoscaler', type, this.resourceName, () => ({
      spec: autoscalerSpec(this.resourceName, autoscaling),
    }));
  }

  #declareExceptions(): void {
    const images = [this.#traits.image, ...(this.#props.sidecars ?? []).map(({ image }) => image)];
    this.except(...imageExceptions('Deployment', images, this.#props.pullPolicy ?? 'IfNotPresent'));
    const { ready, live } = this.#traits.health;
    if (!isDeepStrictEqual(ready, live)) return;
    const reason = 'without a health route the open port is all there is to ask';
    this.except({ tool: 'kube-score', check: 'pod-probes-identical', kind: 'Deployment', reason });
  }

  #check(): void {
    for (const [path, got, expected] of scalingMistakes(this.#props)) {
      this.report({
        code: 'INVALID_VALUE',
        path,
        message: 'a count that cannot be',
        got,
        expected,
        remedy: 'Correct the number.',
      });
    }
    const images = [
      ['image', this.#traits.image],
      ...(this.#props.sidecars ?? []).map(({ name, image }) => [`sidecars.${name}.image`, image]),
    ];
    for (const [path = '', image = ''] of images) this.checkImage(path, image);
  }

  /** Refuses an image without a version. */
  protected checkImage(path: string, image: string): void {
    if (isPinnedImage(image)) return;
    this.report({
      code: 'UNPINNED_IMAGE',
      path,
      message: parseImage(image).tag === 'latest' ? 'the tag latest names no version' : 'not an image with a version',
      got: image,
      expected: 'repository:tag with a digit in the tag, or repository@sha256:digest',
      remedy: 'Name the version that was tested.',
    });
  }
}
