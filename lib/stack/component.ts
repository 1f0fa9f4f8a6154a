import { Chart } from 'cdk8s';
import type * as kplus from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { type Problem, ServingError } from '../errors/problem';
import { MODEL_VERSION_ANNOTATION, POD_OF_LABEL, RELEASE_LABEL, TOOL, WAVE_ANNOTATION } from '../kube/contract';
import { fromRegistry } from '../kube/image';
import { isClusterScoped } from '../kube/kinds';
import { joinName, labelValue, nameProblems } from '../kube/names';
import { type Connection, networkPolicySpec, type Peer } from '../kube/network-policy';
import type { KubeObject } from '../kube/object';
import type { OwnLabels } from '../kube/reserved';
import { appErrors } from './app-problems';
import { type Exception, exceptionAnnotations } from './exceptions';
import { type ExternalSecret, externalSecretProblems, externalSecretSpec, externalSecretsIn, isFirst } from './external-secret';
import { Manifest, type Patch } from './manifest';
import type { PatchedKind, TypedPatch } from './merge-patch';
import { isPlusPeer, peersOf, plus } from './plus';
import { propProblems } from './prop-problems';
import { shapesOf } from './prop-shapes';
import { ROLES, type Role } from './role';
import { type StackSettings, settingsOf } from './settings';

/** Properties for `Component`. */
export interface ComponentProps {
  /** The value of `app.kubernetes.io/name`, and the last part of names. @default the construct's id */
  readonly name?: string;
  /** Labels of all objects and pods of this component. @default - the stack's */
  readonly labels?: OwnLabels;
  /** Label `helm.sh/chart` of the objects, for taking over a running Helm release under its names. @default - no such label */
  readonly chart?: string;
  /** Annotations of all objects of this component. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
}

/** Kinds that carry the version of the model served by their pods. */
const MODEL_KINDS = new Set(['Deployment', 'StatefulSet', 'LeaderWorkerSet', 'DisaggregatedSet', 'RayService']);

/** Before every component: pods that reference a missing Secret would count as failed. */
const FIRST_WAVE = '2';

const COMPONENT = Symbol.for('cdk8s-serving.Component');

/** Base class of all constructs: identity, labels, connections, and objects that are computed when they are written. */
export abstract class Component extends Construct implements kplus.INetworkPolicyPeer, kplus.IPodSelector, kplus.ISubject {
  /** Whether a construct is a component, including one from another copy of this package. */
  static isComponent(construct: unknown): construct is Component {
    return typeof construct === 'object' && construct !== null && COMPONENT in construct;
  }

  /** Role of the component; the value of `app.kubernetes.io/component`. */
  readonly role: Role;
  /** Settings of the enclosing stack. */
  readonly settings: StackSettings;
  /** Value of `app.kubernetes.io/name`. */
  readonly appName: string;
  /** Name of the component's objects. */
  readonly resourceName: string;
  /** Labels that select the component's pods; they never change, because a Deployment's selector cannot. */
  readonly selectorLabels: Readonly<Record<string, string>>;

  readonly #props: ComponentProps;
  readonly #incoming: Connection[] = [];
  readonly #outgoing: Connection[] = [];
  readonly #checks: Connection[] = [];
  readonly #exceptions: Exception[] = [];
  readonly #manifests = new Map<string, Manifest>();
  readonly #problems: Problem[] = [];
  readonly #externals = new Set<string>();

  /** `base` is the prefix of the component's name: the release, or the object that it belongs to. */
  protected constructor(scope: Construct, id: string, role: Role, props: ComponentProps, base?: string) {
    super(scope, id);
    Object.defineProperty(this, COMPONENT, { value: true });
    this.role = role;
    this.#props = props;
    this.settings = settingsOf(this);
    this.appName = props.name ?? id;
    const { release, naming = 'clean' } = this.settings;
    this.resourceName = naming === 'clean' && release === this.appName ? release : joinName(base ?? release, this.appName);
    this.selectorLabels = { 'app.kubernetes.io/name': this.appName, 'app.kubernetes.io/instance': release };
    for (const name of [this.appName, release]) for (const problem of nameProblems(name)) this.report(problem);
    for (const problem of propProblems(props, shapesOf(role))) this.report(problem);
    for (const secret of externalSecretsIn(props)) this.#externalSecret(secret);
    this.node.addValidation({ validate: () => [...this.problems().map(sentence), ...this.#appErrors()] });
  }

  /** Problems in the app as a whole, reported once by its first component if there are no others. */
  #appErrors(): readonly string[] {
    const { root } = this.node;
    const components = root.node.findAll().filter((construct) => Component.isComponent(construct));
    if (components[0] !== this || components.some((one) => one.problems().length > 0)) return [];
    return appErrors(root, Component.isComponent).map((finding) => `${finding.subject}: ${sentence(finding)} [${finding.code}]`);
  }

  /** Problems in this component, collected at synth together with those of all others. */
  problems(): readonly Problem[] {
    return this.#problems;
  }

  /** External hosts that this component calls; checks assume that they exist. */
  get externals(): readonly string[] {
    return [...this.#externals];
  }

  /** Declares a host as installed by others. */
  declareExternal(host: string): void {
    this.#externals.add(host);
  }

  /** Exceptions to rules for this component, each with its reason. */
  get exceptions(): readonly Exception[] {
    return this.#exceptions;
  }

  /**
   * Changes one of this component's objects just before it is written, with fields to merge in or with a function. Lists of named
   * items (containers, ports, volumes, variables) merge by name; `null` removes a field. A patch without effect fails the synth.
   */
  patch<Kind extends PatchedKind>(kind: Kind, change: TypedPatch<Kind>): void;
  /** Changes an object of a kind that this library has no types for. */
  patch<Kind extends string>(kind: Kind extends PatchedKind ? never : Kind, change: Patch): void;
  patch(kind: string, change: Patch): void {
    const manifest = this.#manifests.get(kind);
    if (manifest === undefined) {
      throw new ServingError([
        {
          code: 'UNKNOWN_OBJECT',
          subject: this.node.path,
          message: 'the component has no object of that kind',
          got: kind,
          expected: [...this.#manifests.keys()].join(', '),
          remedy: 'Patch one of the objects that it has.',
        },
      ]);
    }
    manifest.patch(change);
  }

  /** Allows connections from a peer to this component's pods: a component, a cdk8s-plus peer, or a description. */
  allowFrom(peer: Peer | kplus.INetworkPolicyPeer, port?: number): void {
    for (const one of this.#peers(peer)) this.#incoming.push({ peer: one, ...(port === undefined ? {} : { port }) });
  }

  /** Allows connections from this component's pods to a peer. */
  allowTo(peer: Peer | kplus.INetworkPolicyPeer, port?: number): void {
    for (const one of this.#peers(peer)) this.#outgoing.push({ peer: one, ...(port === undefined ? {} : { port }) });
  }

  #peers(peer: Peer | kplus.INetworkPolicyPeer): readonly Peer[] {
    if (Component.isComponent(peer)) return [{ pods: peer.networkLabels }];
    return isPlusPeer(peer) ? peersOf(peer) : [peer];
  }

  /** Selects this component's pods in cdk8s-plus policies and affinities. */
  toPodSelectorConfig(): kplus.PodSelectorConfig {
    const { namespace } = this.settings;
    return {
      labelSelector: plus().LabelSelector.of({ labels: { ...this.networkLabels } }),
      ...(namespace === undefined ? {} : { namespaces: { names: [namespace] } }),
    };
  }

  /** This component's pods as a peer in cdk8s-plus policies. */
  toNetworkPolicyPeerConfig(): kplus.NetworkPolicyPeerConfig {
    return { podSelector: this.toPodSelectorConfig() };
  }

  /** This component as a cdk8s-plus pod selector. */
  toPodSelector(): kplus.IPodSelector {
    return this;
  }

  /** The ServiceAccount of this component's pods as a subject of cdk8s-plus role bindings. */
  toSubjectConfiguration(): kplus.SubjectConfiguration {
    const { namespace } = this.settings;
    return { kind: 'ServiceAccount', name: this.serviceAccountName, ...(namespace === undefined ? {} : { namespace }) };
  }

  /** Name of the ServiceAccount of this component's pods. */
  get serviceAccountName(): string {
    return this.resourceName;
  }

  /** Allows this component to call another one, on both sides. */
  connectTo(other: Component, port: number): void {
    this.allowTo({ pods: other.networkLabels }, port);
    other.allowFrom({ pods: this.networkLabels }, port);
  }

  /** Returns the image reference with the stack's registry. */
  protected image(image: string): string {
    return fromRegistry(image, this.settings.imageRegistry);
  }

  /** Reports a problem if the oldest supported cluster version lacks a feature that a prop needs. */
  protected requireVersion(minor: number, path: string, feature: string): void {
    const { kubernetesVersion = '1.30' } = this.settings;
    if (Number(kubernetesVersion.split('.')[1]) >= minor) return;
    this.report({
      code: 'CLUSTER_TOO_OLD',
      path,
      message: `${feature} needs a newer cluster`,
      got: kubernetesVersion,
      expected: `1.${minor} or later`,
      remedy: `Set the stack's kubernetesVersion to '1.${minor}' if its clusters are that new, or do without.`,
    });
  }

  /** Records a problem; all problems are thrown together at synth. */
  protected report(problem: Omit<Problem, 'subject'>): void {
    this.#problems.push({ subject: this.node.path, ...problem });
  }

  /**
   * Declares an exception to a rule for one of this component's objects, with the reason. An unused or expired exception is
   * itself a finding. `serving exceptions` lists them all.
   */
  except(...exceptions: readonly Exception[]): void {
    this.#exceptions.push(...exceptions);
  }

  /** Value of the version label and annotations; overridden by components that run an image or serve a model. */
  protected abstract version(): string | undefined;

  /** Labels of this component's objects. */
  protected labels(): Record<string, string> {
    const version = this.version();
    return {
      ...this.settings.labels,
      ...this.#props.labels,
      ...this.selectorLabels,
      'app.kubernetes.io/component': this.role,
      'app.kubernetes.io/part-of': this.settings.release,
      'app.kubernetes.io/managed-by': TOOL,
      ...(version === undefined ? {} : { 'app.kubernetes.io/version': labelValue(version) }),
      ...(this.#props.chart === undefined ? {} : { 'helm.sh/chart': this.#props.chart }),
      [RELEASE_LABEL]: this.settings.release,
    };
  }

  /** Labels by which NetworkPolicies select this component's pods, candidates included. */
  get networkLabels(): Readonly<Record<string, string>> {
    return { [POD_OF_LABEL]: this.resourceName };
  }

  /** Labels of this component's pods: the selector labels, the role and the user's labels. */
  protected podLabels(): Record<string, string> {
    return {
      ...this.settings.labels,
      ...this.#props.labels,
      ...this.selectorLabels,
      ...this.networkLabels,
      'app.kubernetes.io/component': this.role,
      'app.kubernetes.io/part-of': this.settings.release,
    };
  }

  /** Adds an object. `render` runs when the object is written and may add a suffix to its name by returning `metadata.name`. */
  protected manifest(
    id: string,
    {
      namespace = this.settings.namespace,
      ...type
    }: { readonly apiVersion: string; readonly kind: string; readonly namespace?: string },
    name: string,
    render: () => Partial<KubeObject>,
  ): Manifest {
    const where = isClusterScoped(type) || namespace === undefined ? {} : { namespace };
    const manifest = new Manifest(this, id, { ...type, metadata: { name, ...where } }, () => {
      const { metadata, ...fields } = render();
      const annotations = {
        [WAVE_ANNOTATION]: String(ROLES[this.role]),
        ...(MODEL_KINDS.has(type.kind) ? this.modelAnnotation() : {}),
        ...this.#props.annotations,
        ...exceptionAnnotations(this.#exceptions.filter(({ kind, object = name }) => kind === type.kind && object === name)),
        ...metadata?.annotations,
      };
      const labels = { ...this.labels(), ...metadata?.labels };
      return { ...fields, metadata: { ...metadata, name: metadata?.name ?? name, labels, annotations } };
    });
    // The first object of a kind is the one that users mean by the kind.
    if (!this.#manifests.has(type.kind)) this.#manifests.set(type.kind, manifest);
    this.#manifests.set(id, manifest);
    return manifest;
  }

  /** Annotation that shows history and status which model a workload serves. */
  protected modelAnnotation(): Record<string, string> {
    return {};
  }

  protected modelVersionAnnotation(version: string): Record<string, string> {
    return { [MODEL_VERSION_ANNOTATION]: version };
  }

  /** Adds the component's own ServiceAccount, without a token. */
  protected serviceAccount(annotations: () => Readonly<Record<string, string>> = () => ({})): void {
    this.manifest('ServiceAccount', { apiVersion: 'v1', kind: 'ServiceAccount' }, this.resourceName, () => ({
      automountServiceAccountToken: false,
      metadata: { name: this.resourceName, annotations: annotations() },
    }));
  }

  /**
   * Adds the NetworkPolicy of the component's pods, derived from its connections. A component that serves on `frontPort` and that
   * no component in the stack calls is the stack's entry point: pods in the same namespace may call it.
   */
  protected networkPolicy(frontPort?: number): void {
    this.manifest('NetworkPolicy', { apiVersion: 'networking.k8s.io/v1', kind: 'NetworkPolicy' }, this.resourceName, () => {
      const isFront = frontPort !== undefined && !this.#incoming.some(({ port }) => port === frontPort);
      const entry = isFront ? [{ peer: { sameNamespace: true } as const, port: frontPort }] : [];
      return { spec: networkPolicySpec(this.networkLabels, [...entry, ...this.#incoming, ...this.#checks], this.#outgoing) };
    });
  }

  /** Allows Prometheus to scrape this component's pods. */
  allowScrape(port: number): void {
    this.#checks.push({ peer: { namespace: this.settings.monitoringNamespace ?? 'monitoring' }, port });
  }

  /** Allows a gate to call this component's pods. Like a scrape, this does not count as a call from the stack. */
  allowGate(gate: Component, port: number): void {
    this.#checks.push({ peer: { pods: gate.networkLabels }, port });
  }

  /** Adds a PodDisruptionBudget of one pod at a time; an unready pod never blocks a node drain. */
  protected disruptionBudget(): void {
    this.manifest('PodDisruptionBudget', { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' }, this.resourceName, () => ({
      spec: { maxUnavailable: 1, unhealthyPodEvictionPolicy: 'AlwaysAllow', selector: { matchLabels: this.selectorLabels } },
    }));
  }

  /** Renders an external secret, unless another component of the chart already does. */
  #externalSecret(secret: ExternalSecret): void {
    if (!isFirst(secret, Chart.of(this))) return;
    for (const problem of externalSecretProblems(secret)) this.report(problem);
    const type = { apiVersion: 'external-secrets.io/v1', kind: 'ExternalSecret' };
    this.manifest(`ExternalSecret-${secret.name}`, type, secret.name, () => ({
      metadata: { name: secret.name, annotations: { [WAVE_ANNOTATION]: FIRST_WAVE } },
      spec: externalSecretSpec(secret),
    }));
  }
}

const sentence = ({ message, remedy }: Pick<Problem, 'message' | 'remedy'>): string => `${message}. ${remedy}`;
