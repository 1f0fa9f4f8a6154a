import type * as kplus from 'cdk8s-plus-28';
import type { Construct } from 'constructs';
import type { Problem } from '../errors/problem';
import type { PodSpecFields, PodTemplateFields, SpecOf } from '../kube/api-types';
import { claimTemplateSpec } from '../kube/devices';
import { seconds } from '../kube/duration';
import { imageVersion } from '../kube/image';
import { nameOf } from '../kube/named';
import { joinName } from '../kube/names';
import { groupAnnotations, placementSpec, queueLabels } from '../kube/placement';
import { type ContainerInput, type Mount, podSpec } from '../kube/pod';
import { type HealthChecks, probes } from '../kube/probes';
import { containerResources } from '../kube/resources';
import { securityOf } from '../kube/security';
import { autoscalerManifest } from './autoscaler';
import { Component } from './component';
import { type DrainTimes, drainTimes, preStopSleep } from './drain';
import type { HttpEndpoint } from './endpoint';
import { imageExceptions, probeExceptions, securityExceptions } from './exceptions';
import { frontContainers } from './front-proxy';
import { LEADER_LABELS, type LeaderWorkerSetSpec, leaderWorkerSetSpec } from './leader-worker-set';
import { ingressBackend, scalingTarget } from './plus';
import { reservedVariables, reservedVolumes } from './reserved-problems';
import type { Role } from './role';
import { minReplicas, type Scaling } from './scaling';
import { containerPorts, outsideClients, serviceExceptions, serviceManifest, serviceUrl } from './service';
import { allFiles, FILES, fileMounts, filesMap, filesName, withFiles } from './workload-files';
import { diskOf, ownMounts } from './workload-mounts';
import { workloadProblems } from './workload-problems';
import type { GroupPart, Sidecar, WorkloadProps, WorkloadTraits } from './workload-props';

/** A component that is a Deployment (or a group of nodes) of one container image, with all related objects. */
export abstract class Workload extends Component implements HttpEndpoint, kplus.IScalable {
  /** Fixed number of pods, or autoscaling. */
  readonly scaling: Scaling;
  /** Container port for clients. */
  readonly port: number;
  /** HTTP path of its metrics; undefined if there is none. */
  readonly metricsPath: string | undefined;
  /** Name of its metrics port. */
  readonly metricsPort: string;
  /** Ports of the container by name. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whether an autoscaler controls the number of pods. */
  hasAutoscaler: boolean;
  /** Maximum startup time of a pod in seconds. */
  readonly startSeconds: number;
  readonly #props: WorkloadProps;
  readonly #traits: WorkloadTraits;
  readonly #podAnnotations: Record<string, string> = {};
  readonly #podLabels: Record<string, string> = {};

  protected constructor(scope: Construct, id: string, role: Role, props: WorkloadProps, traits: WorkloadTraits) {
    super(scope, id, role, props);
    this.#props = props;
    this.#traits = traits;
    const extra = (props.ports ?? []).map(({ name, port }) => [name, port] as const);
    this.ports = { ...traits.ports, ...Object.fromEntries(extra) };
    this.port = props.frontProxy?.port ?? traits.frontPort ?? traits.ports.http;
    this.metricsPath = traits.metrics?.path;
    this.metricsPort = traits.metrics?.port ?? 'http';
    this.startSeconds = seconds(props.startupTimeout ?? traits.startupTimeout ?? '5m');
    this.scaling = props.autoscaling === undefined ? { replicas: props.replicas ?? 1 } : { autoscaling: props.autoscaling };
    this.hasAutoscaler = props.autoscaling !== undefined;
    for (const problem of workloadProblems(props, traits, this.ports)) this.report(problem);
    this.#declareExceptions();
    this.#controller();
    if (traits.servicePort !== undefined) this.#service(traits.servicePort);
    if (props.serviceAccount === undefined) {
      this.serviceAccount(() => ({ ...traits.serviceAccountAnnotations?.(), ...props.serviceAccountAnnotations }));
    }
    this.networkPolicy(traits.servicePort === undefined ? undefined : this.port);
    if (minReplicas(this.scaling) >= 2) this.disruptionBudget();
    if (props.autoscaling !== undefined) this.#autoscaler(props.autoscaling);
    if (props.rules !== undefined) this.#role(props.rules);
    this.#deviceClaim();
    const files = allFiles(props);
    if (files !== undefined) this.manifest('Files', FILES, filesName(this, {}), () => filesMap(this, files));
    for (const { peer, port } of traits.outgoing ?? []) this.allowTo(peer, typeof port === 'number' ? port : undefined);
  }

  /** Whether the user sets the startup timeout. */
  get hasStartupTimeout(): boolean {
    return this.#props.startupTimeout !== undefined;
  }

  /** Base URL inside the namespace. */
  get url(): string {
    return serviceUrl(this.resourceName, this.servicePort, this.#props.frontProxy?.protocol);
  }

  /** Port of the Service. */
  get servicePort(): number {
    return this.#traits.servicePort ?? this.port;
  }

  /** Allows a client to call it, on each side that has a NetworkPolicy. */
  acceptFrom(client: Component): void {
    client.connectTo(this, this.port);
  }

  /** Labels that its Service selects: those of the pods that receive requests. */
  get serviceLabels(): Readonly<Record<string, string>> {
    return { ...this.selectorLabels, ...(this.#onlyLeaderServes ? LEADER_LABELS : {}) };
  }

  /** Adds labels to the pods, for a pool or a router that joins several servers. */
  labelPods(labels: Readonly<Record<string, string>>): void {
    Object.assign(this.#podLabels, labels);
  }

  /** Adds annotations to the pods, for a metrics exporter. */
  annotatePods(annotations: Readonly<Record<string, string>>): void {
    Object.assign(this.#podAnnotations, annotations);
  }

  override get serviceAccountName(): string {
    const { serviceAccount } = this.#props;
    return serviceAccount === undefined ? this.resourceName : nameOf(serviceAccount);
  }

  /** For cdk8s-plus autoscalers: they then control the number of pods. */
  markHasAutoscaler(): void {
    this.hasAutoscaler = true;
  }

  /** This workload as the target of a cdk8s-plus autoscaler. */
  toScalingTarget(): kplus.ScalingTarget {
    const { resources, replicas } = this.#props;
    return scalingTarget(this.resourceName, this.#traits.image, resources.requests.cpu, replicas);
  }

  /** This workload's Service as the backend of a cdk8s-plus Ingress; the ingress controller may call the pods. */
  toIngressBackend(): kplus.IngressBackend {
    this.allowFrom({ namespace: this.settings.ingressNamespace ?? 'ingress-nginx' }, this.port);
    return ingressBackend(this.resourceName, this.servicePort);
  }

  protected override version(): string | undefined {
    return imageVersion(this.#traits.image);
  }

  /** Number of pods that a rollout may add and remove. Spare devices are rare, so with devices the old pod stops first. */
  get surge(): { readonly maxSurge: number; readonly maxUnavailable: number } {
    return this.#traits.devices === undefined && !this.#isGroup
      ? { maxSurge: 1, maxUnavailable: 0 }
      : { maxSurge: 0, maxUnavailable: 1 };
  }

  get #isGroup(): boolean {
    return (this.#traits.nodes ?? 1) > 1 || this.#traits.group === true;
  }

  get #onlyLeaderServes(): boolean {
    return this.#isGroup && this.#traits.groupServes !== 'all';
  }

  get #drain(): DrainTimes {
    return drainTimes(this.#props.drain, this.#traits.drain);
  }

  /** Time in seconds for the server to finish its requests after SIGTERM. */
  protected get finishSeconds(): number {
    return this.#drain.timeout;
  }

  /** Grace period of the pods in seconds. */
  get graceSeconds(): number {
    return this.#drain.grace;
  }

  #controller(): void {
    if (this.#isGroup) {
      // NCCL and similar libraries choose their ports themselves.
      if ((this.#traits.nodes ?? 1) > 1) {
        this.allowFrom({ pods: this.networkLabels });
        this.allowTo({ pods: this.networkLabels });
      }
      if (this.#traits.rendersPods === false) return;
      const type = { apiVersion: 'leaderworkerset.x-k8s.io/v1', kind: 'LeaderWorkerSet' };
      const { placement = {} } = this.#props;
      this.manifest('Default', type, this.resourceName, () => ({
        metadata: { name: this.resourceName, labels: queueLabels(placement), ...groupAnnotations(placement) },
        spec: this.groupSpec(),
      }));
      return;
    }
    this.manifest('Default', { apiVersion: 'apps/v1', kind: 'Deployment' }, this.resourceName, () => ({
      spec: this.#deployment(),
    }));
  }

  /** Renders the spec of its groups of nodes. */
  groupSpec(): LeaderWorkerSetSpec {
    const { nodes = 1 } = this.#traits;
    const size = { replicas: this.scaling.replicas ?? 1, size: nodes };
    // A group of one pod has only its leader, but the API still requires a worker template.
    if (nodes === 1) return leaderWorkerSetSpec({ ...size, worker: this.podTemplate('leader') });
    return leaderWorkerSetSpec({ ...size, leader: this.podTemplate('leader'), worker: this.podTemplate('worker') });
  }

  #deployment(): SpecOf['Deployment'] {
    const { grace } = this.#drain;
    return {
      ...(this.hasAutoscaler ? {} : { replicas: this.scaling.replicas ?? 1 }),
      revisionHistoryLimit: 5,
      // Must exceed startup time, or a slow model counts as a failed rollout.
      progressDeadlineSeconds: Math.max(600, this.startSeconds + (this.#traits.fetchSeconds?.() ?? 0) + grace + 120),
      selector: { matchLabels: this.selectorLabels },
      strategy: { type: 'RollingUpdate', rollingUpdate: this.surge },
      template: this.podTemplate(undefined),
    };
  }

  /** Renders the template of the pods, or of one part of a group. */
  protected podTemplate(part: GroupPart): PodTemplateFields {
    const { podAnnotations, placement = {}, podLabels } = this.#props;
    const annotations = { ...podAnnotations, ...this.#podAnnotations };
    const labels = {
      ...podLabels,
      ...this.#podLabels,
      ...(this.#isGroup ? {} : queueLabels(placement)),
      ...this.podLabels(),
      ...(part === 'leader' ? LEADER_LABELS : {}),
    };
    return {
      metadata: { labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
      spec: this.#pod(part, {
        terminationGracePeriodSeconds: this.#drain.grace,
        ...placementSpec(placement, this.selectorLabels, this.#traits.devices, this.#claimTemplate),
        ...this.#props.podSettings,
      }),
    };
  }

  /** Problems in this workload, including settings that both the component and the user set. */
  override problems(): readonly Problem[] {
    const { env, volumes } = this.#props;
    const found = [...reservedVariables(this.#traits.env(undefined), env), ...reservedVolumes(this.#ownMounts, volumes)];
    return [...super.problems(), ...found.map((problem) => ({ subject: this.node.path, ...problem }))];
  }

  get #ownMounts(): readonly Mount[] {
    return ownMounts(this.#traits, this.#props.volumes);
  }

  #pod(part: GroupPart, spec: Partial<PodSpecFields>): PodSpecFields {
    const { mounts, initContainers, sidecars: ownSidecars, user } = this.#traits;
    const { sidecars = [], initContainers: moreInit = [], volumes = [], rules, frontProxy } = this.#props;
    const fixed = mounts?.() ?? [];
    const full = (one: Sidecar): ContainerInput => {
      const { resources, image, ...container } = withFiles(one);
      return { ...container, image: this.image(image), resources: containerResources(resources) };
    };
    return podSpec({
      serviceAccountName: this.serviceAccountName,
      serviceAccountToken: this.#props.serviceAccountToken ?? rules !== undefined,
      security: securityOf(user, this.#props.security),
      imagePullSecrets: this.settings.imagePullSecrets ?? [],
      mounts: [...fixed, ...fileMounts(this, this.#props), ...volumes, ...this.#ownMounts.slice(fixed.length)],
      initContainers: [...(initContainers?.() ?? []), ...[...moreInit, ...frontContainers(frontProxy)].map(full)],
      containers: [this.#mainContainer(part), ...(ownSidecars?.() ?? []), ...sidecars.map(full)],
      spec,
    });
  }

  #mainContainer(part: GroupPart): ContainerInput {
    const { containerName = this.appName, pullPolicy = 'IfNotPresent', resources, lifecycle, env } = this.#props;
    const { image, devices, stored } = this.#traits;
    const runtime = this.#traits.commandLine?.(part) ?? {};
    const { command = runtime.command, args = runtime.args } = this.#props;
    return {
      name: containerName,
      image: this.image(image),
      imagePullPolicy: pullPolicy,
      ...(command === undefined ? {} : { command }),
      ...(args === undefined ? {} : { args }),
      ports: containerPorts(this.ports, this.#props.ports),
      env: { ...this.#traits.env(part), ...env },
      resources: containerResources(resources, devices, (stored?.() ?? 0) + diskOf(this.#props.volumes)),
      ...(part === 'worker' && this.#onlyLeaderServes
        ? {}
        : probes(this.#health, this.ports, this.startSeconds, this.#props.probeTiming)),
      lifecycle: { preStop: preStopSleep(this.#drain.delay, this.settings.kubernetesVersion), ...lifecycle },
      ...this.#props.containerSettings,
    };
  }

  get #health(): HealthChecks {
    return { ...this.#traits.health, ...this.#props.health };
  }

  #service(port: number): void {
    const { service = {} } = this.#props;
    this.manifest('Service', { apiVersion: 'v1', kind: 'Service' }, this.resourceName, () =>
      serviceManifest(this.resourceName, port, this.serviceLabels, this.#props, this.#traits, this.ports),
    );
    this.except(...serviceExceptions(service));
    for (const peer of outsideClients(service)) this.allowFrom(peer, this.port);
    if (service.trafficDistribution !== undefined) this.requireVersion(31, 'service.trafficDistribution', 'traffic distribution');
  }

  #autoscaler(autoscaling: NonNullable<Scaling['autoscaling']>): void {
    const metric = 'by' in autoscaling ? this.#traits.metric?.(autoscaling.on) : undefined;
    const rendered = () => {
      const { namespace } = this.settings;
      return autoscalerManifest(autoscaling, { name: this.resourceName, namespace, startSeconds: this.startSeconds, metric });
    };
    const { apiVersion, kind } = rendered();
    this.manifest(kind, { apiVersion, kind }, this.resourceName, () => rendered().fields);
  }

  #role(rules: NonNullable<WorkloadProps['rules']>): void {
    const apiVersion = 'rbac.authorization.k8s.io/v1';
    const name = this.resourceName;
    this.manifest('Role', { apiVersion, kind: 'Role' }, name, () => ({ rules }));
    this.manifest('RoleBinding', { apiVersion, kind: 'RoleBinding' }, name, () => ({
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name },
      subjects: [this.toSubjectConfiguration()],
    }));
    this.allowTo({ anywhere: true }, 443);
    this.allowTo({ anywhere: true }, 6443);
    const reason = 'it uses the API server, within the rules of its role';
    this.except({ tool: 'checkov', check: 'CKV_K8S_38', kind: this.#isGroup ? 'LeaderWorkerSet' : 'Deployment', reason });
  }

  get #claimTemplate(): string | undefined {
    return 'claim' in (this.#traits.devices ?? {}) ? joinName(this.resourceName, 'devices') : undefined;
  }

  #deviceClaim(): void {
    const { devices } = this.#traits;
    const name = this.#claimTemplate;
    if (name === undefined || devices === undefined || !('claim' in devices)) return;
    const type = { apiVersion: 'resource.k8s.io/v1', kind: 'ResourceClaimTemplate' };
    this.manifest('ResourceClaimTemplate', type, name, () => ({ spec: { spec: claimTemplateSpec(devices) } }));
    this.requireVersion(34, 'gpu.claim', 'Dynamic Resource Allocation');
  }

  #declareExceptions(): void {
    const kind = this.#isGroup ? 'LeaderWorkerSet' : 'Deployment';
    const { sidecars = [], frontProxy } = this.#props;
    const images = [this.#traits.image, ...[...sidecars, ...frontContainers(frontProxy)].map(({ image }) => image)];
    this.except(...imageExceptions(kind, images, this.#props.pullPolicy ?? 'IfNotPresent'));
    this.except(...securityExceptions(kind, securityOf(this.#traits.user, this.#props.security)));
    this.except(...probeExceptions(kind, this.#health));
  }
}
