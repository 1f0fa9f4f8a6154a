import type { PinnedImage, PinnedTag } from '../kube/image';
import type { MemoryQuantity } from '../kube/quantity';

/** A model that is part of the server's image: one version is the image's tag, the path's and the label's. */
export interface BakedModel {
  readonly source: 'baked';
  /** The image without its tag, `registry.company.com/fraud-model`. */
  readonly image: string;
  /** The model's version, which is the image's tag. */
  readonly version: PinnedTag;
  /** Where the model is inside the image. */
  readonly path: string;
  /**
   * Whether the image has a `cp`, so that another image (a gate's validator) can be handed the model by an init container.
   * @default false; such a gate is then refused, because the file is out of its reach
   */
  readonly copyable?: boolean;
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
  /** Name of the claim. */
  readonly claim: string;
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
  /** What the downloader is started with. @default - the image's own command */
  readonly command?: readonly string[];
  /** The folder it is downloaded into, as the server sees it. */
  readonly directory: string;
  /** The model inside that folder. @default - the folder */
  readonly file?: string;
  /** A Secret whose keys the downloader sees as files under `/var/run/secrets/model-source`. @default - the model is public */
  readonly credentials?: string;
  /** Where it is kept: a scratch volume of that size, or a claim that outlives the pod. @default { emptyDir: '10Gi' } */
  readonly into?: { readonly emptyDir: MemoryQuantity } | { readonly claim: string };
}

/** Where a model server gets its model from. */
export type ModelSource = BakedModel | FileModel | ClaimModel | DownloadModel;

/** The ways to name a model. Each is plain data with its `source`, so a config may hold it too. */
export const Model = {
  /** Part of the server's image. */
  baked: (options: Omit<BakedModel, 'source'>): BakedModel => ({ source: 'baked', ...options }),
  /** One small file, from a ConfigMap. */
  file: (options: Omit<FileModel, 'source'>): FileModel => ({ source: 'file', ...options }),
  /** On an existing claim. */
  claim: (options: Omit<ClaimModel, 'source'>): ClaimModel => ({ source: 'claim', ...options }),
  /** Downloaded by an init container. */
  download: (options: Omit<DownloadModel, 'source'>): DownloadModel => ({ source: 'download', ...options }),
};
