import type { Problem } from '../errors/problem';
import type { DurationText } from '../kube/duration';
import type { Env } from '../kube/pod';
import type { HealthChecks } from '../kube/probes';
import type { MemoryQuantity } from '../kube/quantity';
import type { ModelSource } from '../model/model';
import type { RuntimeMetrics } from './metrics';

/** Named ports of a server. `http` is the one that the Service and its clients use. */
export type RuntimePorts = Readonly<Record<string, number>> & { readonly http: number };

/** Facts that a component tells a runtime, to compute the command line and the environment from. */
export interface ServerFacts {
  /** Model file or directory inside the container. */
  readonly modelPath: string;
  /** Name of the model: the component's name, unless its source has one. */
  readonly modelName: string;
  /** Ports of the server, by name. */
  readonly ports: RuntimePorts;
  /** Devices of one pod. */
  readonly gpus: number;
  /** Seconds that it has to finish requests after SIGTERM. */
  readonly finishSeconds: number;
  /** Pods of one copy of the model. */
  readonly nodes: number;
  /** Place in a group of nodes. @default - a server of one node */
  readonly group?: GroupFacts;
  /** Part in a disaggregated server. @default - not disaggregated */
  readonly role?: 'prefill' | 'decode';
  /** Directories of adapters, by name. */
  readonly adapters: Readonly<Record<string, string>>;
}

/** Place of a pod in a group of nodes, as references to variables that the group's controller sets. */
export interface GroupFacts {
  /** Whether it is the pod that takes the requests. */
  readonly part: 'leader' | 'worker';
  /** Number of pods in the group. */
  readonly size: string;
  /** Number of this pod, from 0. */
  readonly rank: string;
  /** Address of the leader. */
  readonly leader: string;
}

/** Command line of a server. */
export interface CommandLine {
  /** Entry point. @default - the image's own */
  readonly command?: readonly string[];
  /** Arguments. @default - none */
  readonly args?: readonly string[];
}

/** Graceful shutdown of a server. The grace period holds both times and half as much again. */
export interface RuntimeDrain {
  /** Sleep before SIGTERM, while clients forget the pod. */
  readonly before: DurationText;
  /** Longest time to finish requests after SIGTERM. */
  readonly finish: DurationText;
  /** What it does with new connections after SIGTERM. */
  readonly onTerm: 'refuses' | 'accepts' | 'drops';
}

/** Facts that the check of GPU memory needs. */
export interface RuntimeMemory {
  /** Fraction of each GPU that the server may take. */
  readonly utilization: number;
  /** Longest prompt plus response in tokens. @default - the model's own */
  readonly maxModelLen?: number;
  /** Bits of one weight after quantization. @default - as the model has them */
  readonly weightBits?: 4 | 8 | 16;
  /** Bytes of one value of the KV cache. @default 2 */
  readonly kvBytes?: 1 | 2;
}

/**
 * A kind of model server: what a component has to know to run it. Plain data; name, ports and health checks are enough.
 *
 * @example
 * const torchServe: Runtime = {
 *   name: 'torchserve',
 *   ports: { http: 8080, management: 8081, metrics: 8082 },
 *   health: { ready: { path: '/ping' }, live: { tcp: true } },
 *   command: ({ modelPath }) => ({ args: ['torchserve', '--foreground', `--model-store=${modelPath}`, '--models=all'] }),
 *   env: ({ ports }) => ({ TS_INFERENCE_ADDRESS: `http://0.0.0.0:${ports.http}`, TS_METRICS_MODE: 'prometheus' }),
 *   metrics: { path: '/metrics', port: 'metrics', series: { queue: { series: 'QueueTime', kind: 'gauge' } } },
 *   writableDirectories: ['/tmp', '/home/model-server'],
 *   user: { uid: 1000, gid: 1000 },
 *   warnings: ['TorchServe is archived upstream'],
 * };
 */
export interface Runtime {
  /** What it is called in messages. */
  readonly name: string;
  /** Version of the server, where facts depend on it. @default - unknown: the facts of every version hold */
  readonly version?: string;
  /** Ports of the container by name, each 1024 or higher. */
  readonly ports: RuntimePorts;
  /** Ports that the Service has too, besides `http`. @default - grpc, where there is one */
  readonly servicePorts?: readonly string[];
  /** Health checks. */
  readonly health: HealthChecks;
  /** Health checks that name the model, in place of those of `health`. @default - none */
  readonly modelHealth?: (modelName: string) => Partial<HealthChecks>;
  /** Command line, computed from the facts. @default - the image's own */
  readonly command?: (facts: ServerFacts) => CommandLine;
  /** Environment variables, computed from the facts: paths, caches, offline switches. @default - none */
  readonly env?: (facts: ServerFacts) => Env;
  /** Graceful shutdown. @default - 15 s in service, then 30 s to finish */
  readonly drain?: RuntimeDrain;
  /** Longest time from start until ready, without the time of a download. @default '5m' */
  readonly startupTimeout?: DurationText;
  /** Size of `/dev/shm` for so many devices; counts against the memory limit. @default - none */
  readonly sharedMemory?: (gpus: number) => MemoryQuantity | undefined;
  /** Directories it writes to; each becomes an emptyDir. @default ['/tmp'] */
  readonly writableDirectories?: readonly string[];
  /** Numeric user and group that the image is made for. @default - any: 25000 and 26000 */
  readonly user?: { readonly uid: number; readonly gid: number; readonly fsGroup?: number };
  /** Metrics by what they mean. @default - none */
  readonly metrics?: RuntimeMetrics;
  /** Whether responses stream for as long as a model generates: routes then have no request timeout. @default false */
  readonly streams?: boolean;
  /** Devices that one copy of the model is split over, over all of its pods. @default - not checked */
  readonly devices?: number;
  /** Facts for the check of GPU memory. @default - not checked */
  readonly memory?: RuntimeMemory;
  /** Whether the image has Python with `huggingface_hub`, so that it can download its own model. @default false */
  readonly fetchesFromHub?: boolean;
  /** Adapters that are loaded at the start, by name. @default - none */
  readonly adapters?: Readonly<Record<string, ModelSource>>;
  /** Ports that the pods of one copy or of one disaggregated server use among themselves. @default - none */
  readonly groupPorts?: readonly string[];
  /** What is wrong with its options; fails the synth. @default - none */
  readonly problems?: readonly Omit<Problem, 'subject'>[];
  /** What is weak about it, one sentence each; printed at synth, an error where the server is `strict`. @default - none */
  readonly warnings?: readonly string[];
}

/** Where a runtime is told of its group: variables that LeaderWorkerSet sets in each container. */
export const GROUP_VARIABLES = {
  size: '$(LWS_GROUP_SIZE)',
  rank: '$(LWS_WORKER_INDEX)',
  leader: '$(LWS_LEADER_ADDRESS)',
} as const;
