import type { ContainerSpecFields, Lifecycle, PodSpecFields, PolicyRule } from '../kube/api-types';
import type { Devices } from '../kube/devices';
import type { DurationLike } from '../kube/duration';
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

/** Graceful shutdown: the pod serves while endpoint changes propagate, then finishes in-flight requests. */
export interface Drain {
  /** Wait before the container is sent SIGTERM. @default '15s', or the runtime's */
  readonly delay?: DurationLike;
  /** Time to finish requests after that. @default '30s', or the runtime's */
  readonly timeout?: DurationLike;
  /** Time in the grace period besides both. @default - half of both */
  readonly spare?: DurationLike;
}

/** Another container of the same pods. Every API field of a container may be given. */
export interface Sidecar extends Omit<ContainerInput, 'resources'> {
  /** Resource requests and limits. */
  readonly resources: ContainerResources;
}

/** A container that runs before the main one; with `restartPolicy: 'Always'` it is a native sidecar and stays. */
export type InitContainer = Sidecar;

/** Another port of the main container. */
export interface ExtraPort {
  /** Name of the port, for probes, monitors and policies. */
  readonly name: string;
  /** Number of the port. */
  readonly port: number;
  /** @default 'TCP' */
  readonly protocol?: 'TCP' | 'UDP' | 'SCTP';
  /** Whether the Service has it too, under the same number. @default false */
  readonly service?: boolean;
}

/** Fields of a pod's spec that components do not set themselves. */
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

/** Fields of the main container that components do not set themselves. */
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

/** Settings of the pods of every kind of component. */
export interface PodOptions {
  /** Where pods may run. @default - anywhere, spread over nodes and zones where possible */
  readonly placement?: Placement;
  /** Annotations of the pods. @default - none */
  readonly podAnnotations?: Readonly<Record<string, string>>;
  /** Labels of the pods, besides the component's. @default - none */
  readonly podLabels?: OwnLabels;
  /** Further fields of the pods' spec. @default - none */
  readonly podSettings?: PodSettings;
  /** Further fields of the main container. @default - none */
  readonly containerSettings?: ContainerSettings;
  /** What is relaxed, by name. @default - nothing: the restricted Pod Security level */
  readonly security?: SecurityOptions;
  /** An existing ServiceAccount. @default - one of the component's own */
  readonly serviceAccount?: ServiceAccountLike;
}

/** Settings of every Deployment of this library, besides its size. */
export interface WorkloadOptions extends ComponentProps, PodOptions {
  /** Resource requests and limits of the main container. There is no default, because every model is different. */
  readonly resources: ContainerResources;
  /** Maximum time from start to ready, enforced by the startup probe. @default '5m', or the runtime's */
  readonly startupTimeout?: DurationLike;
  /** Graceful shutdown. @default - the runtime's; else 15 s in service, then 30 s to finish */
  readonly drain?: Drain;
  /** Periods and patience of the probes. @default - see ProbeTiming */
  readonly probeTiming?: ProbeTiming;
  /** Health checks in place of the runtime's. @default - the runtime's */
  readonly health?: Partial<HealthChecks>;
  /** Entry point in place of the image's or the runtime's. @default - the runtime's */
  readonly command?: readonly string[];
  /** Arguments in place of the image's or the runtime's. @default - the runtime's */
  readonly args?: readonly string[];
  /** Additional environment variables; numbers and booleans become text. @default - none */
  readonly env?: Env;
  /** Additional volumes. @default - none */
  readonly volumes?: readonly OwnMount[];
  /** Additional ports of the main container. @default - none */
  readonly ports?: readonly ExtraPort[];
  /** Containers that run first, after those that fetch the model. @default - none */
  readonly initContainers?: readonly InitContainer[];
  /** Additional containers, for logging or monitoring. @default - none */
  readonly sidecars?: readonly Sidecar[];
  /** Hooks of the main container, besides the sleep before it stops. @default - none */
  readonly lifecycle?: Lifecycle;
  /** Name of the main container. @default the component's name */
  readonly containerName?: string;
  /** @default 'IfNotPresent', because images name a version */
  readonly pullPolicy?: 'IfNotPresent' | 'Always' | 'Never';
  /** Annotations of the ServiceAccount, for workload identity. @default - none */
  readonly serviceAccountAnnotations?: Readonly<Record<string, string>>;
  /** Whether the pods get a token for the API server. @default false, unless there are `rules` */
  readonly serviceAccountToken?: boolean;
  /** What the pods may do in their namespace through the API server: a Role and its binding. @default - nothing */
  readonly rules?: readonly PolicyRule[];
}

/** Settings of every Deployment of this library, its size included. */
export type WorkloadProps = WorkloadOptions & Scaling;

/** Part of a group of nodes that a pod plays; `undefined` outside of groups. */
export type GroupPart = 'leader' | 'worker' | undefined;

/** What a kind of component adds to its users' props. Functions run when the object is written. */
export interface WorkloadTraits {
  readonly image: string;
  readonly ports: RuntimePorts;
  /** Names of the ports that the Service has besides `http`. @default none */
  readonly servicePorts?: readonly string[];
  /** Port of the Service; absent for workers without clients. */
  readonly servicePort?: number;
  readonly health: HealthChecks;
  readonly metrics?: { readonly path: string; readonly port?: string };
  /** The metric of a meaning, where the server has it. */
  readonly metric?: (signal: LoadSignal) => ServerMetric | undefined;
  readonly writableDirectories: readonly string[];
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
  /** Seconds that the pod's init containers take. */
  readonly fetchSeconds?: () => number;
  /** What the cloud knows the ServiceAccount by, because of the model's source. */
  readonly serviceAccountAnnotations?: () => Readonly<Record<string, string>>;
  /** Pods of one copy; more than one makes a LeaderWorkerSet. @default 1 */
  readonly nodes?: number;
  /** Whether it is a LeaderWorkerSet even with one pod in each group. @default false */
  readonly group?: boolean;
  /** Whether it renders what makes its pods; a disaggregated server does that for its roles. @default true */
  readonly rendersPods?: boolean;
  /** Port that clients call, where it is not the server's own: a sidecar's. @default - the port `http` */
  readonly frontPort?: number;
  /** Connections that the component needs by its nature. */
  readonly outgoing?: readonly Connection[];
}
