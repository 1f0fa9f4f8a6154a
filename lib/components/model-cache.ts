import type { Construct } from 'constructs';
import type { SpecOf } from '../kube/api-types';
import { type DurationLike, seconds } from '../kube/duration';
import { imageVersion, type PinnedImage } from '../kube/image';
import { type ClaimLike, nameOf } from '../kube/named';
import { joinName } from '../kube/names';
import { placementSpec } from '../kube/placement';
import { claimSource, podSpec } from '../kube/pod';
import { type MemoryQuantity, parseQuantity } from '../kube/quantity';
import { bytesQuantity } from '../kube/resources';
import { type Fetch, fetchContainer, fetchSeconds, roomFor } from '../model/fetch';
import { type CachedModel, type HuggingFaceModel, modelVersion, type ObjectStoreModel } from '../model/model';
import { Component, type ComponentProps } from '../stack/component';
import { imageExceptions, relaxedExceptions } from '../stack/exceptions';
import { patchedHash } from '../stack/patched-hash';
import type { PodOptions } from '../stack/workload-props';
import { refuseWrongTypes } from '../stack/wrong-types';

/** Volume of a model cache. */
export type CacheStorage =
  | {
      /** An existing PVC: its name, or the cdk8s-plus resource. */
      readonly claim: ClaimLike;
    }
  | {
      /** Size of the PVC. @default - room for two versions of the model */
      readonly size?: MemoryQuantity;
      /** StorageClass of the PVC. @default - the cluster's default class */
      readonly storageClassName?: string;
      /** Access mode of the PVC. @default 'ReadWriteMany' */
      readonly accessMode?: 'ReadWriteMany' | 'ReadWriteOnce';
    };

/** Properties for `ModelCache`. */
export interface ModelCacheProps extends ComponentProps, PodOptions {
  /** Model to fetch. */
  readonly model: HuggingFaceModel | ObjectStoreModel;
  /** Image of the downloader: one with Python and `huggingface_hub`, such as the server's, or with the object store's CLI. */
  readonly fetcher: PinnedImage;
  /** Volume for the model. @default - a new PVC */
  readonly storage?: CacheStorage;
  /** Timeout of the download. @default - the time for its size at 50 MiB/s, plus 10 minutes */
  readonly timeout?: DurationLike;
}

/**
 * A model on a PersistentVolumeClaim, fetched once per version by a Job in an earlier wave than its servers. They then start
 * offline, without internet egress. Several servers can share it. The PVC keeps earlier versions for rollbacks.
 *
 * @example
 * const cache = new ModelCache(stack, 'weights', {
 *   model: Model.huggingFace({ repo: 'Qwen/Qwen3-32B', revision: '9216db5781bf21249d130ec9da846c4624c16137', size: '66Gi' }),
 *   fetcher: 'vllm/vllm-openai:v0.26.0',
 *   storage: { storageClassName: 'shared' },
 * });
 * new ModelServer(stack, 'llm', {
 *   model: cache.model,
 *   image: 'vllm/vllm-openai:v0.26.0',
 *   runtime: vllm({ version: '0.26.0', maxModelLen: 8192 }),
 *   gpu: { count: 1, product: 'NVIDIA-H100-80GB-HBM3' },
 *   resources: { requests: { cpu: '8', memory: '64Gi' }, limits: { memory: '96Gi' } },
 * });
 */
export class ModelCache extends Component {
  /** The model to pass to servers. */
  readonly model: CachedModel;
  readonly #props: ModelCacheProps;

  constructor(scope: Construct, id: string, props: ModelCacheProps) {
    refuseWrongTypes('ModelCache', scope, id, props);
    super(scope, id, 'model-cache', props);
    this.#props = props;
    const { model, storage = {} } = props;
    const version = modelVersion(model);
    const own = !('claim' in storage);
    const claim = 'claim' in storage ? nameOf(storage.claim) : this.resourceName;
    this.model = {
      source: 'cached',
      version: version as CachedModel['version'],
      claim,
      subPath: `${this.appName}/${version}`,
      of: model,
    };
    this.manifest('Default', { apiVersion: 'batch/v1', kind: 'Job' }, this.#jobName, () => ({
      metadata: { name: this.#jobName, annotations: this.modelVersionAnnotation(version) },
      spec: this.#job(),
    }));
    if (own) {
      this.manifest('PersistentVolumeClaim', { apiVersion: 'v1', kind: 'PersistentVolumeClaim' }, claim, () => ({
        spec: claimSpec(storage, model.size),
      }));
    }
    if (props.serviceAccount === undefined) this.serviceAccount(() => this.#fetch.serviceAccountAnnotations);
    this.networkPolicy();
    for (const { peer, port } of this.#fetch.egress) this.allowTo(peer, Number(port));
    for (const problem of this.#fetch.problems) this.report(problem);
    this.#checkSize();
    this.except(...relaxedExceptions('Job', props.security));
    this.except(...imageExceptions('Job', [props.fetcher], 'IfNotPresent'), {
      tool: 'serving',
      check: 'job-not-cleaned-up',
      kind: 'Job',
      reason: 'the Job is the record that this version is on the volume: without it the next release would fetch it again',
    });
  }

  protected override version(): string {
    return imageVersion(this.#props.fetcher);
  }

  override get serviceAccountName(): string {
    return this.#props.serviceAccount === undefined ? this.resourceName : nameOf(this.#props.serviceAccount);
  }

  get #jobName(): string {
    const { repo, revision, uri, files } = { repo: '', revision: '', uri: '', files: [], ...this.#props.model };
    const content = [repo, revision, uri, files, this.model, this.#props.fetcher];
    return joinName(this.resourceName, patchedHash(this, 'Default', { spec: this.#job() }, content));
  }

  get #fetch(): Fetch {
    const { model, fetcher } = this.#props;
    const target = { volume: 'model-storage', directory: '/mnt/models', subPath: this.model.subPath, stored: 0 };
    return fetchContainer({ ...model, fetcher }, target, (image) => this.image(image));
  }

  #checkSize(): void {
    const { model, storage = {} } = this.#props;
    if (!('size' in storage) || storage.size === undefined) return;
    const [room, needed] = [parseQuantity(storage.size), parseQuantity(model.size)];
    if (room === undefined || needed === undefined || room >= needed) return;
    this.report({
      code: 'INVALID_VALUE',
      path: 'storage.size',
      message: 'the volume is smaller than the model',
      got: storage.size,
      expected: `at least ${model.size}; twice that keeps the version before`,
      remedy: 'Raise the size of the volume.',
    });
  }

  #job(): SpecOf['Job'] {
    const { model, timeout, placement = {}, podAnnotations, podLabels, podSettings, security = {} } = this.#props;
    const { container, mounts } = this.#fetch;
    return {
      // A download resumes where the last attempt stopped.
      backoffLimit: 4,
      activeDeadlineSeconds: timeout === undefined ? fetchSeconds(model.size) + 600 : seconds(timeout),
      podFailurePolicy: { rules: [{ action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] }] },
      template: {
        metadata: {
          labels: { ...podLabels, ...this.podLabels() },
          ...(podAnnotations === undefined ? {} : { annotations: podAnnotations }),
        },
        spec: podSpec({
          serviceAccountName: this.serviceAccountName,
          security,
          imagePullSecrets: this.settings.imagePullSecrets ?? [],
          mounts: [{ name: 'model-storage', source: claimSource(this.model.claim) }, ...mounts],
          containers: [{ ...container, ...this.#props.containerSettings }],
          spec: {
            restartPolicy: 'Never',
            ...placementSpec({ spread: 'none', ...placement }, this.selectorLabels, undefined),
            ...podSettings,
          },
        }),
      },
    };
  }
}

function claimSpec(
  storage: Exclude<CacheStorage, { readonly claim: unknown }>,
  model: MemoryQuantity,
): SpecOf['PersistentVolumeClaim'] {
  const { size = bytesQuantity(2 * roomFor(model)), storageClassName, accessMode = 'ReadWriteMany' } = storage;
  return {
    accessModes: [accessMode],
    resources: { requests: { storage: size } },
    ...(storageClassName === undefined ? {} : { storageClassName }),
  };
}
