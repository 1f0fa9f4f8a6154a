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

/** A model in the server's own image names the image itself; every other model needs an image that serves it. */
export type ModelAndImage =
  | {
      /** Where the model comes from. */
      readonly model: Exclude<ModelSource, BakedModel>;
      /** The image of the server. @default - a baked model's own image */
      readonly image: PinnedImage;
    }
  | { readonly model: BakedModel; readonly image?: Forbidden<PinnedImage, 'a baked model names its image itself'> };

/** Pods of one copy of the model: one, or a group that scales by its number of copies only. */
export type PodShape =
  | {
      /** Pods of one copy of the model; more than one makes a LeaderWorkerSet. @default 1 */
      readonly nodes?: 1;
    }
  | { readonly nodes: number; readonly autoscaling?: Forbidden<Autoscaling, 'a group of nodes scales by replicas only'> };

/** Props of a model server besides those of every workload. */
export interface ModelServerOptions {
  /** The kind of server: ports, health checks, command line, metrics. @default `http`: an HTTP server with health routes */
  readonly runtime?: Runtime;
  /** Name of the model in requests. @default the component's name */
  readonly modelName?: string;
  /** Where features are fetched; sets FEATURE_SERVER_URL. @default 'off' */
  readonly features?: HttpEndpoint | 'off' | undefined;
  /** Where predictions are cached; sets REDIS_HOST and REDIS_PORT. @default 'off' */
  readonly cache?: RedisEndpoint | 'off' | undefined;
  /** Accelerators of each pod; bring the toleration for their nodes and a rollout that needs no spare one. @default - none */
  readonly gpu?: Devices;
  /** Facts of the model's `config.json`, to check the memory of the GPUs. @default - not checked */
  readonly modelConfig?: ModelConfig;
  /** Size of `/dev/shm`, in place of the runtime's. @default - the runtime's */
  readonly sharedMemory?: MemoryQuantity;
  /** External access to the server. @default 'off' */
  readonly ingress?: IngressProps | 'off' | undefined;
  /** How a release shifts traffic to a new version. @default - its pods are replaced by a rolling update */
  readonly strategy?: ReleaseStrategy;
  /** Port of the Service. @default 80 */
  readonly servicePort?: number;
  /** Whether a runtime's warnings fail the synth. @default false */
  readonly strict?: boolean;
}

/** Properties for `ModelServer`. */
export type ModelServerProps = WorkloadProps & ModelAndImage & PodShape & ModelServerOptions;
