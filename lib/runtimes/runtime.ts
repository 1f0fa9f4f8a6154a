import type { Problem } from '../errors/problem';
import type { DurationText } from '../kube/duration';
import type { Env } from '../kube/pod';
import type { HealthChecks } from '../kube/probes';
import type { MemoryQuantity } from '../kube/quantity';
import type { ModelSource } from '../model/model';
import type { RuntimeMetrics } from './metrics';

/** Named ports of a server. The Service and its clients use `http`. */
export type RuntimePorts = Readonly<Record<string, number>> & { readonly http: number };

/** Facts that a component passes to a runtime to compute the command line and the environment. */
export interface ServerFacts {
  /** Model file or directory in the container. */
  readonly modelPath: string;
  /** Name of the model: the component's name, unless its source has one. */
  readonly modelName: string;
  /** Ports of the server, by name. */
  readonly ports: RuntimePorts;
  /** Devices per pod. */
  readonly gpus: number;
  /** Seconds to finish requests after SIGTERM. */
  readonly finishSeconds: number;
  /** Pods per replica of the model. */
  readonly nodes: number;
  /** Position in a group of nodes. @default - a server on one node */
  readonly group?: GroupFacts;
  /** Role in a disaggregated server. @default - not disaggregated */
  readonly role?: 'prefill' | 'decode';
  /** Directories of the runtime's `adapters`, by name. */
  readonly adapters: Readonly<Record<string, string>>;
}

/** Position of a pod in a group of nodes, as references to variables that the group's controller sets. */
export interface GroupFacts {
  /** Whether the pod receives the requests. */
  readonly part: 'leader' | 'worker';
  /** Number of pods in the group. */
  readonly size: string;
  /** Index of this pod, from 0. */
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

/** Graceful shutdown of a server. The grace period covers both times and half as much again. */
export interface RuntimeDrain {
  /** Sleep before SIGTERM, while clients drop the pod. */
  readonly before: DurationText;
  /** Maximum time to finish requests after SIGTERM. */
  readonly finish: DurationText;
  /** How it handles new connections after SIGTERM. */
  readonly onTerm: 'refuses' | 'accepts' | 'drops';
}

/** Facts for the GPU memory check. */
export interface RuntimeMemory {
  /** Fraction of each GPU's memory that the server may use. */
  readonly utilization: number;
  /** Maximum prompt plus response in tokens. @default - the model's own */
  readonly maxModelLen?: number;
  /** Bits per weight after quantization. @default - as stored in the model */
  readonly weightBits?: 4 | 8 | 16;
  /** Bytes per value in the KV cache. @default 2 */
  readonly kvBytes?: 1 | 2;
}

/**
 * A type of model server: the facts that a component needs to run it. Plain data; name, ports and health checks are enough.
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
  /** Name in messages. */
  readonly name: string;
  /** Version of the server, if facts depend on it. @default - unknown: the facts of every version apply */
  readonly version?: string;
  /** Container ports by name, each 1024 or higher. */
  readonly ports: RuntimePorts;
  /** Ports that the Service exposes besides `http`. @default - grpc, if there is one */
  readonly servicePorts?: readonly string[];
  /** Health checks. */
  readonly health: HealthChecks;
  /** Health checks of a named model, overriding those in `health`. @default - none */
  readonly modelHealth?: (modelName: string) => Partial<HealthChecks>;
  /** Command line, computed from the facts. @default - the image's own */
  readonly command?: (facts: ServerFacts) => CommandLine;
  /** Environment variables, computed from the facts: paths, caches, offline switches. @default - none */
  readonly env?: (facts: ServerFacts) => Env;
  /** Graceful shutdown. @default - 15 s before SIGTERM, then 30 s to finish */
  readonly drain?: RuntimeDrain;
  /** Maximum time from start to ready, without downloads. @default '5m' */
  readonly startupTimeout?: DurationText;
  /** Size of `/dev/shm` for a number of devices; counts toward the memory limit. @default - none */
  readonly sharedMemory?: (gpus: number) => MemoryQuantity | undefined;
  /** Directories that the server writes to; each becomes an emptyDir. @default ['/tmp'] */
  readonly writableDirectories?: readonly `/${string}`[];
  /** Numeric user and group of the image. @default - any: 25000 and 26000 */
  readonly user?: { readonly uid: number; readonly gid: number; readonly fsGroup?: number };
  /** Metrics by signal. @default - none */
  readonly metrics?: RuntimeMetrics;
  /** Whether responses stream during generation: routes then have no request timeout. @default false */
  readonly streams?: boolean;
  /** Number of devices per replica of the model, over all its pods. @default - not checked */
  readonly devices?: number;
  /** Facts for the GPU memory check. @default - not checked */
  readonly memory?: RuntimeMemory;
  /** Whether the image has Python with `huggingface_hub` and can download its own model. @default false */
  readonly fetchesFromHub?: boolean;
  /** Other models that are fetched with the server's own, by name: adapters, a draft model. @default - none */
  readonly adapters?: Readonly<Record<string, ModelSource>>;
  /** Ports that the pods of one replica or of one disaggregated server use between each other. @default - none */
  readonly groupPorts?: readonly string[];
  /** Which pods of a group of nodes receive requests, and are checked for readiness. @default 'leader' */
  readonly groupServes?: 'leader' | 'all';
  /** Number of replicas in one server, of which each node of a group has the same number. @default - not checked */
  readonly replicas?: number;
  /** Problems with its options; they fail the synth. @default - none */
  readonly problems?: readonly Omit<Problem, 'subject'>[];
  /** Warnings, one sentence each; printed at synth, errors if the server is `strict`. @default - none */
  readonly warnings?: readonly string[];
}

/** Variables with a pod's position in its group, set by LeaderWorkerSet in each container. */
export const GROUP_VARIABLES = {
  size: '$(LWS_GROUP_SIZE)',
  rank: '$(LWS_WORKER_INDEX)',
  leader: '$(LWS_LEADER_ADDRESS)',
} as const;
