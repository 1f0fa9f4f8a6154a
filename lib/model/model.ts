import type { VolumeSource } from '../kube/api-types';
import type { HttpUrl } from '../kube/host';
import type { PinnedImage, PinnedTag } from '../kube/image';
import type { BucketUri, HubRepository, SubPath, Untagged } from '../kube/literals';
import type { ClaimLike, ConfigMapLike, SecretLike, SecretRef } from '../kube/named';
import type { MemoryQuantity } from '../kube/quantity';
import type { Commit, WithDigest } from './commit';

/** A model inside the server's image; its version is the image's tag and the version label. */
export interface BakedModel {
  readonly source: 'baked';
  /** The image without its tag, `registry.company.com/fraud-model`. */
  readonly image: string;
  /** Version of the model, which is the image's tag. */
  readonly version: PinnedTag;
  /** Path of the model in the image. */
  readonly path: `/${string}`;
  /**
   * Whether the image contains `cp`, so that an init container can copy the model for another image (a gate's validator).
   * @default false; such a gate is then refused, because it cannot reach the file
   */
  readonly copyable?: boolean;
  /** Size on disk, for the volume of a copy. @default - up to 10Gi */
  readonly size?: MemoryQuantity;
}

/** One file of at most 1 MiB, rendered into a ConfigMap and mounted by subPath. A changed file gives the pods a new ConfigMap. */
export interface FileModel {
  readonly source: 'file';
  /** Version of the model: a label, shown in the history. */
  readonly version: PinnedTag;
  /** Path of the file at synth, absolute or relative to the working directory. */
  readonly file: string;
  /** Path in the container, `/app/model.pkl`. */
  readonly path: string;
}

/** A model on an existing PersistentVolumeClaim. */
export interface ClaimModel {
  readonly source: 'claim';
  /** Version of the model: a label, shown in the history. */
  readonly version: PinnedTag;
  /** The PVC: its name, or the cdk8s-plus resource. */
  readonly claim: ClaimLike;
  /** File or directory in the volume. @default - the whole volume */
  readonly subPath?: string;
  /** Path in the container. */
  readonly path: string;
  /** Access mode of the PVC. `ReadWriteOnce` allows one pod and no surge. @default 'ReadOnlyMany' */
  readonly accessMode?: 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce';
  /** Whether the server mounts it read-only. @default true */
  readonly readOnly?: boolean;
}

/** A model on a volume of another kind than a PVC, such as a bucket that a CSI driver mounts. */
export interface VolumeModel {
  readonly source: 'volume';
  /** Version of the model: a label, shown in the history. */
  readonly version: PinnedTag;
  /** Source of the volume in the API's spelling: `{ csi: { driver: 'gcsfuse.csi.storage.gke.io', … } }`. */
  readonly volume: VolumeSource;
  /** File or directory in the volume. @default - the whole volume */
  readonly subPath?: string;
  /** Path in the container. */
  readonly path: string;
}

/** A model that an init container downloads before the server starts. */
export interface DownloadModel {
  readonly source: 'download';
  /** Version of the model: a label, shown in the history. */
  readonly version: PinnedTag;
  /** URI to download, `s3://models/fraud/v2.1.0/`. */
  readonly uri: string;
  /** Image of the downloader; its environment contains MODEL_URI and MODEL_DIR. */
  readonly image: PinnedImage;
  /** Command of the downloader. @default - the image's own command */
  readonly command?: readonly string[];
  /** Download directory, as the server sees it. */
  readonly directory: string;
  /** The model in that directory. @default - the directory */
  readonly file?: string;
  /**
   * A Secret with keys mounted as files under `/var/run/secrets/model-source` in the downloader.
   * @default - the model is public
   */
  readonly credentials?: SecretLike;
  /** Storage: a scratch volume of that size, or a PVC that outlives the pod. @default { emptyDir: '10Gi' } */
  readonly into?: { readonly emptyDir: MemoryQuantity } | { readonly claim: ClaimLike };
}

interface Fetched {
  /** Size on disk. Determines the volume size, the containers' ephemeral storage and the download timeout. */
  readonly size: MemoryQuantity;
  /** Image of the downloader. */
  readonly fetcher?: PinnedImage;
  /** Command of the downloader; MODEL_DIR is the directory to fill. @default - the source's usual tool */
  readonly command?: readonly string[];
  /** Storage. @default - an emptyDir per pod, filled by an init container; see also `ModelCache` */
  readonly into?: { readonly claim: ClaimLike };
  /** HTTP proxy of the downloader, to which its egress is then limited. @default - none */
  readonly proxy?: HttpUrl;
  /** Certificate authorities that the downloader trusts, instead of its image's, as a file of a ConfigMap. @default - its image's */
  readonly certificates?: {
    /** ConfigMap with the PEM file. */
    readonly configMap: ConfigMapLike;
    /** Key of the file. @default 'ca.crt' */
    readonly key?: string;
  };
}

/** A model on the Hugging Face hub or a mirror. */
export interface HuggingFaceModel extends Fetched {
  readonly source: 'hugging-face';
  /** Repository, `Qwen/Qwen3-32B`. */
  readonly repo: `${string}/${string}`;
  /** Commit, 40 hexadecimal digits. */
  readonly revision: string;
  /** Version of the model: a label, shown in the history. @default - the first 12 digits of the commit */
  readonly version?: PinnedTag;
  /** Access token, for gated models. @default - the model is public */
  readonly token?: SecretRef;
  /** URL of a mirror. @default 'https://huggingface.co' */
  readonly endpoint?: HttpUrl;
  /** Glob patterns of the files to fetch. @default - all files */
  readonly files?: readonly string[];
}

/** A model in an object store. */
export interface ObjectStoreModel extends Fetched {
  readonly source: 'object-store';
  /** Prefix of the model's objects. */
  readonly uri: `s3://${string}` | `gs://${string}`;
  /** Version of the model: a label, shown in the history. */
  readonly version: PinnedTag;
  /** Image of the downloader, with `aws` or `gcloud` unless `command` is set. */
  readonly fetcher: PinnedImage;
  /** URL of an S3-compatible store. @default - the cloud's own */
  readonly endpoint?: HttpUrl;
  /** Region of the store. @default - none */
  readonly region?: string;
  /**
   * A Secret: its keys become the downloader's environment variables (AWS_ACCESS_KEY_ID, …), or for gs a file `key.json`.
   * @default - none
   */
  readonly credentials?: SecretLike;
  /** Annotations of a ServiceAccount that may read the store. @default - none */
  readonly workloadIdentity?: Readonly<Record<string, string>>;
}

/** A model as an OCI image. */
export interface OciImageModel {
  readonly source: 'oci-image';
  /** The image by digest, `registry.company.com/models/fraud@sha256:…`. */
  readonly image: `${string}@sha256:${string}`;
  /** Version of the model: a label, shown in the history. */
  readonly version: PinnedTag;
  /** Path of the model in the image. @default '/' */
  readonly path?: `/${string}`;
  /** Size on disk, to copy the model. @default - mounted as an image volume, which needs Kubernetes 1.35 */
  readonly copy?: { readonly size: MemoryQuantity };
}

/** A model that an earlier Job stored on a PVC; created by a `ModelCache`. */
export interface CachedModel {
  readonly source: 'cached';
  /** Version of the model. */
  readonly version: PinnedTag;
  /** Name of the PVC. */
  readonly claim: string;
  /** Directory of the model on the PVC. */
  readonly subPath: string;
  /** Source of the model. */
  readonly of: HuggingFaceModel | ObjectStoreModel;
}

/** Several models of one server, each in a directory with its name: Triton, TensorFlow Serving, MLServer. */
export interface ModelRepository {
  readonly source: 'repository';
  /** Version of the repository: a label, shown in the history. */
  readonly version: PinnedTag;
  /** Models by directory. */
  readonly models: Readonly<Record<string, Exclude<ModelSource, ModelRepository | BakedModel>>>;
}

/** Source of a model. */
export type ModelSource =
  | BakedModel
  | FileModel
  | ClaimModel
  | VolumeModel
  | DownloadModel
  | HuggingFaceModel
  | ObjectStoreModel
  | OciImageModel
  | CachedModel
  | ModelRepository;

/** Returns the version of a model. */
export function modelVersion(model: ModelSource): string {
  return model.source === 'hugging-face' ? (model.version ?? model.revision.slice(0, 12)) : model.version;
}

/** A path in a container. */
type Absolute = { readonly path: `/${string}` };

/** Constructors of model sources. Each returns plain data with its `source`, so a config can hold it too. */
export const Model = {
  /** Inside the server's image. */
  baked: <const Image extends string>(
    options: Omit<BakedModel, 'source' | 'image'> & { readonly image: Untagged<Image> },
  ): BakedModel => ({ source: 'baked', ...options }),
  /** One small file, from a ConfigMap. */
  file: (options: Omit<FileModel, 'source'> & Absolute): FileModel => ({ source: 'file', ...options }),
  /** On an existing PVC: a directory of it, or the whole volume. */
  claim: <const Path extends string>(
    options: Omit<ClaimModel, 'source' | 'subPath'> &
      Absolute &
      ({ readonly subPath: SubPath<Path> } | { readonly wholeVolume: true }),
  ): ClaimModel => {
    const { wholeVolume: _all, ...claim } = { wholeVolume: undefined, ...options };
    return { source: 'claim', ...claim };
  },
  /** On a volume of another kind, mounted read-only. */
  volume: (options: Omit<VolumeModel, 'source'> & Absolute): VolumeModel => ({ source: 'volume', ...options }),
  /** Downloaded by an init container. */
  download: (options: Omit<DownloadModel, 'source'>): DownloadModel => ({ source: 'download', ...options }),
  /** From the Hugging Face hub, by commit. */
  huggingFace: <const Revision extends string, const Repo extends string>(
    options: Omit<HuggingFaceModel, 'source' | 'revision' | 'repo'> & {
      readonly revision: Commit<Revision>;
      readonly repo: HubRepository<Repo>;
    },
  ): HuggingFaceModel => ({ source: 'hugging-face', ...options }),
  /** In an object store. */
  objectStore: <const Uri extends string>(
    options: Omit<ObjectStoreModel, 'source' | 'uri'> & { readonly uri: BucketUri<Uri> },
  ): ObjectStoreModel => ({ source: 'object-store', ...options }),
  /** As an OCI image. */
  ociImage: <const Image extends string>(
    options: Omit<OciImageModel, 'source' | 'image'> & { readonly image: WithDigest<Image> },
  ): OciImageModel => ({ source: 'oci-image', ...options }),
  /** Several models of one server. */
  repository: (options: Omit<ModelRepository, 'source'>): ModelRepository => ({ source: 'repository', ...options }),
};
