import type { HttpUrl } from '../kube/host';
import type { PinnedImage, PinnedTag } from '../kube/image';
import type { ClaimLike, SecretLike, SecretRef } from '../kube/named';
import type { MemoryQuantity } from '../kube/quantity';
import type { Commit } from './commit';

/** A model that is part of the server's image: one version is the image's tag, the path's and the label's. */
export interface BakedModel {
  readonly source: 'baked';
  /** The image without its tag, `registry.company.com/fraud-model`. */
  readonly image: string;
  /** The model's version, which is the image's tag. */
  readonly version: PinnedTag;
  /** Where the model is inside the image. */
  readonly path: `/${string}`;
  /**
   * Whether the image has a `cp`, so that an init container can copy the model for another image (a gate's validator).
   * @default false; such a gate is then refused, because the file is out of its reach
   */
  readonly copyable?: boolean;
  /** Size on disk, for the volume that a copy goes to. @default - up to 10Gi */
  readonly size?: MemoryQuantity;
}

/** One file that is rendered into a ConfigMap and mounted by subPath; at most 1 MiB. A changed file gives the pods another ConfigMap. */
export interface FileModel {
  readonly source: 'file';
  /** The model's version: a label, and what history shows. */
  readonly version: PinnedTag;
  /** The file on the machine that synthesises, absolute or from the working directory. */
  readonly file: string;
  /** Where the container sees it, `/app/model.pkl`. */
  readonly path: string;
}

/** A model on an existing PersistentVolumeClaim. */
export interface ClaimModel {
  readonly source: 'claim';
  /** The model's version: a label, and what history shows. */
  readonly version: PinnedTag;
  /** The claim: its name, or the cdk8s-plus resource. */
  readonly claim: ClaimLike;
  /** File or folder inside the volume. @default - the whole volume */
  readonly subPath?: string;
  /** Where the container sees it. */
  readonly path: string;
  /** Whether several nodes can mount it. A `ReadWriteOnce` claim allows one pod and no surge. @default 'ReadOnlyMany' */
  readonly accessMode?: 'ReadOnlyMany' | 'ReadWriteMany' | 'ReadWriteOnce';
  /** Whether the server may only read it. @default true */
  readonly readOnly?: boolean;
}

/** A model that an init container downloads before the server starts. */
export interface DownloadModel {
  readonly source: 'download';
  /** The model's version: a label, and what history shows. */
  readonly version: PinnedTag;
  /** What is downloaded, `s3://models/fraud/v2.1.0/`. */
  readonly uri: string;
  /** The downloader; it gets MODEL_URI and MODEL_DIR in its environment. */
  readonly image: PinnedImage;
  /** Command of the downloader. @default - the image's own command */
  readonly command?: readonly string[];
  /** The folder it is downloaded into, as the server sees it. */
  readonly directory: string;
  /** The model inside that folder. @default - the folder */
  readonly file?: string;
  /** A Secret whose keys the downloader sees as files under `/var/run/secrets/model-source`. @default - the model is public */
  readonly credentials?: SecretLike;
  /** Where it is kept: a scratch volume of that size, or a claim that outlives the pod. @default { emptyDir: '10Gi' } */
  readonly into?: { readonly emptyDir: MemoryQuantity } | { readonly claim: ClaimLike };
}

interface Fetched {
  /** Size on disk. It sizes the volume, the ephemeral storage of the containers and the time for the download. */
  readonly size: MemoryQuantity;
  /** Image of the downloader. */
  readonly fetcher?: PinnedImage;
  /** Command of the downloader; MODEL_DIR is the directory to fill. @default - the source's usual tool */
  readonly command?: readonly string[];
  /** Where it is kept. @default - an emptyDir of each pod, filled by an init container; see also `ModelCache` */
  readonly into?: { readonly claim: ClaimLike };
}

/** A model of the Hugging Face hub or of a mirror. */
export interface HuggingFaceModel extends Fetched {
  readonly source: 'hugging-face';
  /** Repository, `Qwen/Qwen3-32B`. */
  readonly repo: `${string}/${string}`;
  /** Commit, 40 hexadecimal digits. */
  readonly revision: string;
  /** The model's version: a label, and what history shows. @default - the first 12 digits of the commit */
  readonly version?: PinnedTag;
  /** Access token, for gated models. @default - the model is public */
  readonly token?: SecretRef;
  /** URL of a mirror. @default 'https://huggingface.co' */
  readonly endpoint?: HttpUrl;
  /** Patterns of the files to fetch. @default - all files */
  readonly files?: readonly string[];
}

/** A model in an object store. */
export interface ObjectStoreModel extends Fetched {
  readonly source: 'object-store';
  /** Prefix of the model's objects. */
  readonly uri: `s3://${string}` | `gs://${string}`;
  /** The model's version: a label, and what history shows. */
  readonly version: PinnedTag;
  /** Image of the downloader, with `aws` or `gcloud` unless `command` says otherwise. */
  readonly fetcher: PinnedImage;
  /** URL of a store that speaks S3. @default - the cloud's own */
  readonly endpoint?: HttpUrl;
  /** Region of the store. @default - none */
  readonly region?: string;
  /** A Secret: its keys are the downloader's environment variables (AWS_ACCESS_KEY_ID, …), or for gs a file `key.json`. @default - none */
  readonly credentials?: SecretLike;
  /** Annotations of the ServiceAccount that may read the store. @default - none */
  readonly workloadIdentity?: Readonly<Record<string, string>>;
}

/** A model as an OCI image. */
export interface OciImageModel {
  readonly source: 'oci-image';
  /** The image by digest, `registry.company.com/models/fraud@sha256:…`. */
  readonly image: `${string}@sha256:${string}`;
  /** The model's version: a label, and what history shows. */
  readonly version: PinnedTag;
  /** Path of the model inside the image. @default '/' */
  readonly path?: `/${string}`;
  /** Size on disk, where the model is copied. @default - it is mounted as a volume, which needs Kubernetes 1.35 */
  readonly copy?: { readonly size: MemoryQuantity };
}

/** A model that an earlier Job put on a claim; made by a `ModelCache`. */
export interface CachedModel {
  readonly source: 'cached';
  /** The model's version. */
  readonly version: PinnedTag;
  /** Name of the claim. */
  readonly claim: string;
  /** Directory of the model on the claim. */
  readonly subPath: string;
  /** The source that it was filled from. */
  readonly of: HuggingFaceModel | ObjectStoreModel;
}

/** Several models of one server, each in a directory of its name: Triton, TensorFlow Serving, MLServer. */
export interface ModelRepository {
  readonly source: 'repository';
  /** Version of the repository: a label, and what history shows. */
  readonly version: PinnedTag;
  /** Models by directory. */
  readonly models: Readonly<Record<string, Exclude<ModelSource, ModelRepository | BakedModel>>>;
}

/** Where a model server gets its model from. */
export type ModelSource =
  | BakedModel
  | FileModel
  | ClaimModel
  | DownloadModel
  | HuggingFaceModel
  | ObjectStoreModel
  | OciImageModel
  | CachedModel
  | ModelRepository;

/** The version of a model. */
export function modelVersion(model: ModelSource): string {
  return model.source === 'hugging-face' ? (model.version ?? model.revision.slice(0, 12)) : model.version;
}

/** A path of a container. */
type Absolute = { readonly path: `/${string}` };

/** The ways to name a model. Each is plain data with its `source`, so a config may hold it too. */
export const Model = {
  /** Part of the server's image. */
  baked: (options: Omit<BakedModel, 'source'>): BakedModel => ({ source: 'baked', ...options }),
  /** One small file, from a ConfigMap. */
  file: (options: Omit<FileModel, 'source'> & Absolute): FileModel => ({ source: 'file', ...options }),
  /** On an existing claim: a folder of it, or the whole volume. */
  claim: (
    options: Omit<ClaimModel, 'source' | 'subPath'> & Absolute & ({ readonly subPath: string } | { readonly wholeVolume: true }),
  ): ClaimModel => {
    const { wholeVolume: _all, ...claim } = { wholeVolume: undefined, ...options };
    return { source: 'claim', ...claim };
  },
  /** Downloaded by an init container. */
  download: (options: Omit<DownloadModel, 'source'>): DownloadModel => ({ source: 'download', ...options }),
  /** Of the Hugging Face hub, by commit. */
  huggingFace: <const Revision extends string>(
    options: Omit<HuggingFaceModel, 'source' | 'revision'> & { readonly revision: Commit<Revision> },
  ): HuggingFaceModel => ({ source: 'hugging-face', ...options }),
  /** In an object store. */
  objectStore: (options: Omit<ObjectStoreModel, 'source'>): ObjectStoreModel => ({ source: 'object-store', ...options }),
  /** As an OCI image. */
  ociImage: (options: Omit<OciImageModel, 'source'>): OciImageModel => ({ source: 'oci-image', ...options }),
  /** Several models of one server. */
  repository: (options: Omit<ModelRepository, 'source'>): ModelRepository => ({ source: 'repository', ...options }),
};
