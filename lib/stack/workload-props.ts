import type { ContainerSpecFields, Lifecycle, PodSpecFields, PolicyRule } from '../kube/api-types';
import type { Devices } from '../kube/devices';
import type { DurationLike } from '../kube/duration';
import type { PinnedImage } from '../kube/image';
import type { ServiceAccountLike } from '../kube/named';
import type { Connection } from '../kube/network-policy';
import type { Placement } from '../kube/placement';
import type { ContainerInput, Env, Mount, OwnMount } from '../kube/pod';
import type { HealthChecks, ProbeTiming } from '../kube/probes';
import type { OwnLabels } from '../kube/reserved';
import type { ContainerResources } from '../kube/resources';
import type { SecurityOptions } from '../kube/security';
import type { LoadSignal, ServerMetric } from '../runtimes/metrics';
import type { CommandLine, RuntimeDrain, RuntimePorts } from '../runtimes/runtime';
import type { ComponentProps } from './component';
import type { Scaling } from './scaling';
import type { ServiceOptions } from './service-options';

/** Graceful shutdown: the pod serves while endpoint changes propagate, then finishes in-flight requests. */
export interface Drain {
  /** Time before the container receives SIGTERM. @default '15s', or the runtime's */
  readonly delay?: DurationLike;
  /** Time to finish requests after that. @default '30s', or the runtime's */
  readonly timeout?: DurationLike;
  /** Additional time in the grace period. @default - half of both */
  readonly spare?: DurationLike;
}

/** An additional container of the same pods. Accepts every container field of the API. */
export interface Sidecar extends Omit<ContainerInput, 'resources' | 'image'> {
  /** Image, with a version. */
  readonly image: PinnedImage;
  /** Resource requests and limits. */
  readonly resources: ContainerResources;
  /** Text files of this container by path, such as a proxy's config; see `files` of the component. @default - none */
  readonly files?: Readonly<Record<`/${string}`, string>>;
}

/** A container that runs before the main one; with `restartPolicy: 'Always'` it is a native sidecar and keeps running. */
export type InitContainer = Sidecar;

/**
 * A proxy in the same pods, in front of the server: it authenticates requests, ends TLS or limits rates. It starts before the server
 * and ends after it, and reaches it on `localhost`.
 */
export interface FrontProxy extends Omit<Sidecar, 'ports' | 'restartPolicy'> {
  /** Port that it listens on, 1024 or higher: the Service, routes and policies lead there, and not to the server. */
  readonly port: number;
  /** Protocol of the proxy; with `https`, clients inside the cluster use TLS too. @default 'http' */
  readonly protocol?: 'http' | 'https';
}

/** An additional port of the main container. */
export interface ExtraPort {
  /** Port name, for probes, monitors and policies. */
  readonly name: string;
  /** Port number. */
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  /** Whether the Service exposes it too, under the same number. @default false */
  readonly service?: boolean;
}

/** Pod spec fields that components do not set themselves. */
export type PodSettings = Omit<
  Partial<PodSpecFields>,
  | 'containers'
  | 'initContainers'
  | 'volumes'
  | 'serviceAccountName'
  | 'serviceAccount'
  | 'securityContext'
  | 'imagePullSecrets'
  | 'tolerations'
  | 'nodeSelector'
  | 'terminationGracePeriodSeconds'
>;

/** Main container fields that components do not set themselves. */
export type ContainerSettings = Pick<
  Partial<ContainerSpecFields>,
  | 'envFrom'
  | 'workingDir'
  | 'stdin'
  | 'tty'
  | 'terminationMessagePath'
  | 'terminationMessagePolicy'
  | 'volumeDevices'
  | 'resizePolicy'
>;

/** Pod settings of every kind of component. */
export interface PodOptions {
  /** Where the pods may run. @default - anywhere, spread across nodes and zones where possible */
  readonly placement?: Placement;
  /** Annotations of the pods. @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Labels of the pods, in addition to the component's. @default - none */
  readonly podLabels?: OwnLabels;
  /** Additional fields of the pod spec. @default - none */
  readonly podSettings?: PodSettings;
  /** Additional fields of the main container. @default - none */
  readonly containerSettings?: ContainerSettings;
  /** Relaxed security settings, by name. @default - none: the restricted Pod Security level */
  readonly security?: SecurityOptions;
  /** An existing ServiceAccount. @default - the component's own */
  readonly serviceAccount?: ServiceAccountLike;
}

/** Settings for every Deployment in this library, except its size. */
export interface WorkloadOptions extends ComponentProps, PodOptions {
  /** Resource requests and limits of the main container. Required, because every model is different. */
  readonly resources: ContainerResources;
  /** Maximum time from start to ready, enforced by the startup probe. @default '5m', or the runtime's */
  readonly startupTimeout?: DurationLike;
  /** Graceful shutdown. @default - the runtime's; else 15 s before SIGTERM, then 30 s to finish */
  readonly drain?: Drain;
  /** Probe periods and failure thresholds. @default - see ProbeTiming */
  readonly probeTiming?: ProbeTiming;
  /** Health checks, overriding the runtime's. @default - the runtime's */
  readonly health?: Partial<HealthChecks>;
  /** Entry point, overriding the image's or the runtime's. @default - the runtime's */
  readonly command?: readonly string[];
  /** Arguments, overriding the image's or the runtime's. @default - the runtime's */
  readonly args?: readonly string[];
  /** Additional environment variables; numbers and booleans become strings. @default - none */
  readonly env?: Env;
  /**
   * Text files by path, such as a chat template or a config. They are rendered as a ConfigMap that is named after its content, so
   * another content restarts the pods. At most 1 MiB in total, and no secrets.
   * @default - none
   */
  readonly files?: Readonly<Record<`/${string}`, string>>;
  /** Additional volumes. @default - none */
  readonly volumes?: readonly OwnMount[];
  /** Additional ports of the main container. @default - none */
  readonly ports?: readonly ExtraPort[];
  /** Init containers that run after those that fetch the model. @default - none */
  readonly initContainers?: readonly InitContainer[];
  /** Additional containers, such as for logging or monitoring. @default - none */
  readonly sidecars?: readonly Sidecar[];
  /** A proxy that receives the requests instead of the server. @default - clients call the server itself */
  readonly frontProxy?: FrontProxy;
  /** Settings of the Service. @default - an address inside the cluster */
  readonly service?: ServiceOptions;
  /** Lifecycle hooks of the main container, in addition to the sleep before it stops. @default - none */
  readonly lifecycle?: Lifecycle;
  /** Name of the main container. @default the component's name */
  readonly containerName?: string;
  /** @default 'IfNotPresent', because images have a version */
  readonly pullPolicy?: 'IfNotPresent' | 'Always' | 'Never';
  /** Annotations of the ServiceAccount, for workload identity. @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Whether the pods get a token for the API server. @default false, unless there are `rules` */
  readonly serviceAccountToken?: boolean;
  /** Permissions of the pods in their namespace: rendered as a Role and its binding. @default - none */
  readonly rules?: readonly PolicyRule[];
}

/** Settings for every Deployment in this library, including its size. */
export type WorkloadProps = WorkloadOptions & Scaling;

/** A pod's part in a group of nodes; `undefined` outside groups. */
export type GroupPart = 'leader' | 'worker' | undefined;

/** What a kind of component adds to its users' props. Functions run when the object is written. */
export interface WorkloadTraits {
  readonly image: string;
  readonly ports: RuntimePorts;
  /** Names of the ports that the Service exposes besides `http`. @default none */
  readonly servicePorts?: readonly string[];
  /** Port of the Service; undefined for workers without clients. */
  readonly servicePort?: number;
  readonly health: HealthChecks;
  readonly metrics?: { readonly path: string; readonly port?: string };
  /** Returns the server's metric for a signal, if it has one. */
  readonly metric?: (signal: LoadSignal) => ServerMetric | undefined;
  readonly writableDirectories: readonly `/${string}`[];
  readonly env: (part: GroupPart) => Env;
  readonly mounts?: () => readonly Mount[];
  readonly initContainers?: () => readonly ContainerInput[];
  readonly sidecars?: () => readonly ContainerInput[];
  readonly devices?: Devices;
  readonly commandLine?: (part: GroupPart) => CommandLine;
  readonly drain?: RuntimeDrain;
  readonly startupTimeout?: DurationLike;
  readonly user?: { readonly uid: number; readonly gid: number; readonly fsGroup?: number };
  /** Size of `/dev/shm`. */
  readonly sharedMemory?: string;
  /** Bytes on the node's disk besides logs: a model that the pod downloads. */
  readonly stored?: () => number;
  /** Runtime of the pod's init containers in seconds. */
  readonly fetchSeconds?: () => number;
  /** ServiceAccount annotations for cloud access to the model's source. */
  readonly serviceAccountAnnotations?: () => Readonly<Record<string, string>>;
  /** Pods per replica; more than one renders a LeaderWorkerSet. @default 1 */
  readonly nodes?: number;
  /** Whether to render a LeaderWorkerSet even with one pod per group. @default false */
  readonly group?: boolean;
  /** Which pods of a group receive requests. @default 'leader' */
  readonly groupServes?: 'leader' | 'all';
  /** Whether to render the controller of its pods; a disaggregated server does that for its roles. @default true */
  readonly rendersPods?: boolean;
  /** Port for clients, if it is not the server's own but a sidecar's. @default - the port `http` */
  readonly frontPort?: number;
  /** Connections that this kind of component always needs. */
  readonly outgoing?: readonly Connection[];
}
