import type { Devices } from '../kube/devices';
import type { Forbidden } from '../kube/forbidden';
import type { PinnedImage } from '../kube/image';
import type { MemoryQuantity } from '../kube/quantity';
import type { ModelConfig } from '../model/memory-fit';
import type { BakedModel, ModelSource } from '../model/model';
import type { Runtime } from '../runtimes/runtime';
import type { HttpEndpoint } from '../stack/endpoint';
import type { IngressProps } from '../stack/ingress';
import type { Autoscaling } from '../stack/scaling';
import type { ReleaseStrategy } from '../stack/strategy';
import type { WorkloadProps } from '../stack/workload-props';
import type { RedisEndpoint } from './redis-endpoint';

/** A baked model determines the image; every other model needs a server image. */
export type ModelAndImage =
  | {
      /** Source of the model. */
      readonly model: Exclude<ModelSource, BakedModel>;
      /** Image of the server. @default - the baked model's image */
      readonly image: PinnedImage;
    }
  | { readonly model: BakedModel; readonly image?: Forbidden<PinnedImage, 'a baked model names its image itself'> };

/** Pods per replica: one, or a group that scales only by its number of replicas. */
export type PodShape =
  | {
      /** Pods per replica of the model; more than one renders a LeaderWorkerSet. @default 1 */
      readonly nodes?: 1;
    }
  | { readonly nodes: number; readonly autoscaling?: Forbidden<Autoscaling, 'a group of nodes scales by replicas only'> };

/** Properties for a model server in addition to those of every workload. */
export interface ModelServerOptions {
  /** Type of server: ports, health checks, command line, metrics. @default `http`: an HTTP server with health routes */
  readonly runtime?: Runtime;
  /** Model name in requests. @default the component's name */
  readonly modelName?: string;
  /** Feature source; sets FEATURE_SERVER_URL. @default 'off' */
  readonly features?: HttpEndpoint | 'off' | undefined;
  /** Redis that caches predictions; sets REDIS_HOST and REDIS_PORT. @default 'off' */
  readonly cache?: RedisEndpoint | 'off' | undefined;
  /** Accelerators per pod; also sets the toleration for their nodes and a rollout that needs no spare device. @default - none */
  readonly gpu?: Devices;
  /** Facts from the model's `config.json`, used to check GPU memory. @default - not checked */
  readonly modelConfig?: ModelConfig;
  /** Size of `/dev/shm`. @default - the runtime's */
  readonly sharedMemory?: MemoryQuantity;
  /** External access to the server. @default 'off' */
  readonly ingress?: IngressProps | 'off' | undefined;
  /** How a release shifts traffic to a new version. @default - a rolling update */
  readonly strategy?: ReleaseStrategy;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
  /** Whether runtime warnings fail the synth. @default false */
  readonly strict?: boolean;
}

/** Properties for `ModelServer`. */
export type ModelServerProps = WorkloadProps & ModelAndImage & PodShape & ModelServerOptions;
