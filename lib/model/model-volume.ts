import { dirname, posix } from 'node:path';
import type { Problem } from '../errors/problem';
import { nameOf } from '../kube/named';
import type { Connection } from '../kube/network-policy';
import { type ContainerInput, claimSource, type Mount } from '../kube/pod';
import { parseQuantity } from '../kube/quantity';
import { bytesQuantity, EPHEMERAL } from '../kube/resources';
import { fetchContainer, fetcherResources, fetchSeconds, roomFor } from './fetch';
import type {
  BakedModel,
  ClaimModel,
  DownloadModel,
  HuggingFaceModel,
  ModelRepository,
  ModelSource,
  ObjectStoreModel,
  OciImageModel,
} from './model';

/** How a pod gets a model: mounts, init containers, and the model's path. */
export interface ModelVolume {
  /** Path of the model in the container. */
  readonly path: string;
  readonly mounts: readonly Mount[];
  readonly initContainers: readonly ContainerInput[];
  /** Egress needed to fetch the model. */
  readonly egress: readonly Connection[];
  /** Bytes on the node's disk. */
  readonly stored: number;
  /** Seconds to fetch the model. */
  readonly seconds: number;
  /** ServiceAccount annotations for cloud access. */
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly problems: readonly Omit<Problem, 'subject'>[];
  /** Whether it is an image volume, which old clusters do not support. */
  readonly imageVolume: boolean;
}

/** Context of a model volume. */
export interface VolumeContext {
  /** Name of the ConfigMap that holds a file model. */
  readonly configMap: string;
  /** Whether the pod runs the server's image, which already contains a baked model. */
  readonly ownImage: boolean;
  /** Returns the image reference with the stack's registry. */
  readonly image: (image: string) => string;
  /** The server's image, if it can download from the hub. */
  readonly hubImage?: string;
  /** Name of the volume. @default 'model-storage' */
  readonly volume?: string;
  /** Directory of the model, if its source sets none. @default '/mnt/models' */
  readonly directory?: string;
}

const NONE: Omit<ModelVolume, 'path'> = {
  mounts: [],
  initContainers: [],
  egress: [],
  stored: 0,
  seconds: 0,
  serviceAccountAnnotations: {},
  problems: [],
  imageVolume: false,
};

/** Determines how a pod gets a model. */
export function modelVolume(model: ModelSource, context: VolumeContext): ModelVolume {
  const { volume: name = 'model-storage', directory = '/mnt/models' } = context;
  switch (model.source) {
    case 'baked':
      return { ...NONE, path: model.path, ...(context.ownImage ? {} : copied(model, name, context)) };
    case 'file': {
      const mount = { mountPath: model.path, subPath: posix.basename(model.path) };
      return { ...NONE, path: model.path, mounts: [{ name, source: { configMap: { name: context.configMap } }, ...mount }] };
    }
    case 'claim':
      return { ...NONE, path: model.path, mounts: [claimed(model, name)] };
    case 'volume': {
      const { volume: source, path, subPath } = model;
      const mount = { mountPath: path, ...(subPath === undefined ? {} : { subPath }), readOnly: true };
      return { ...NONE, path, mounts: [{ name, source, ...mount }] };
    }
    case 'cached': {
      const mount = { mountPath: directory, subPath: model.subPath, readOnly: true };
      return { ...NONE, path: directory, mounts: [{ name, source: claimSource(model.claim), ...mount }] };
    }
    case 'download':
      return downloaded(model, name, context);
    case 'hugging-face':
    case 'object-store':
      return fetched(model, name, directory, context);
    case 'oci-image':
      return fromImage(model, name, directory, context);
    case 'repository':
      return repository(model, directory, context);
  }
}

/** Combines several volumes of one pod; the path is the first one's. */
export function together(volumes: readonly ModelVolume[], path: string): ModelVolume {
  return {
    path,
    mounts: volumes.flatMap(({ mounts }) => mounts),
    initContainers: volumes.flatMap(({ initContainers }) => initContainers),
    egress: volumes.flatMap(({ egress }) => egress),
    stored: volumes.reduce((sum, { stored }) => sum + stored, 0),
    seconds: volumes.reduce((sum, { seconds }) => sum + seconds, 0),
    serviceAccountAnnotations: Object.assign({}, ...volumes.map((one) => one.serviceAccountAnnotations)),
    problems: volumes.flatMap(({ problems }) => problems),
    imageVolume: volumes.some(({ imageVolume }) => imageVolume),
  };
}

function repository({ models }: ModelRepository, directory: string, context: VolumeContext): ModelVolume {
  const volumes = Object.entries(models).map(([name, model]) => {
    const path = posix.join(directory, name);
    const placed = model.source === 'claim' || model.source === 'volume' || model.source === 'file' ? { ...model, path } : model;
    const inside = placed.source === 'download' ? { ...placed, directory: path } : placed;
    return modelVolume(inside, { ...context, volume: `model-${name}`, directory: path });
  });
  return together(volumes, directory);
}

function copied(model: BakedModel, name: string, context: VolumeContext): Partial<ModelVolume> {
  const { path, image, version, size } = model;
  const directory = dirname(path);
  const stored = size === undefined ? 0 : roomFor(size);
  // A model of unknown size must fit into the container's own storage: even with a larger volume the pod would be evicted.
  const room = size === undefined ? EPHEMERAL.limit : stored;
  return {
    mounts: [
      {
        name,
        source: { emptyDir: { sizeLimit: bytesQuantity(room) } },
        mountPath: directory,
        readOnly: true,
      },
    ],
    initContainers: [
      {
        name: 'copy-model',
        image: context.image(`${image}:${version}`),
        command: ['cp', '-R', `${directory}/.`, '/model'],
        resources: fetcherResources(stored),
        volumeMounts: [{ name, mountPath: '/model' }],
      },
    ],
    stored,
  };
}

function claimed({ claim, path, subPath, readOnly = true }: ClaimModel, name: string): Mount {
  return {
    name,
    source: claimSource(claim),
    mountPath: path,
    ...(subPath === undefined ? {} : { subPath }),
    readOnly,
  };
}

function fetched(
  model: HuggingFaceModel | ObjectStoreModel,
  volume: string,
  directory: string,
  context: VolumeContext,
): ModelVolume {
  const room = roomFor(model.size);
  const stored = model.into === undefined ? room : 0;
  const source = model.into === undefined ? { emptyDir: { sizeLimit: bytesQuantity(room) } } : claimSource(model.into.claim);
  const fetch = fetchContainer(model, { volume, directory, stored }, context.image, context.hubImage);
  return {
    ...NONE,
    path: directory,
    mounts: [{ name: volume, source, mountPath: directory, readOnly: true }, ...fetch.mounts],
    initContainers: [fetch.container],
    egress: fetch.egress,
    stored,
    seconds: fetchSeconds(model.size),
    serviceAccountAnnotations: fetch.serviceAccountAnnotations,
    problems: fetch.problems,
  };
}

function fromImage(model: OciImageModel, name: string, directory: string, context: VolumeContext): ModelVolume {
  const image = context.image(model.image);
  const path = model.path ?? '/';
  if (model.copy === undefined) {
    const mount = { name, source: { image: { reference: image, pullPolicy: 'IfNotPresent' as const } }, mountPath: directory };
    return { ...NONE, path: posix.join(directory, path), mounts: [{ ...mount, readOnly: true }], imageVolume: true };
  }
  const stored = roomFor(model.copy.size);
  return {
    ...NONE,
    path: directory,
    mounts: [{ name, source: { emptyDir: { sizeLimit: bytesQuantity(stored) } }, mountPath: directory, readOnly: true }],
    initContainers: [
      {
        name: 'copy-model',
        image,
        command: ['cp', '-R', posix.join(path, '.'), '/model'],
        resources: fetcherResources(stored),
        volumeMounts: [{ name, mountPath: '/model' }],
      },
    ],
    stored,
  };
}

function downloaded(model: DownloadModel, volume: string, context: VolumeContext): ModelVolume {
  const { into = { emptyDir: '10Gi' }, credentials, directory, file } = model;
  const source = 'claim' in into ? claimSource(into.claim) : { emptyDir: { sizeLimit: into.emptyDir } };
  const stored = 'claim' in into ? 0 : (parseQuantity(into.emptyDir) ?? 0);
  const secret = '/var/run/secrets/model-source';
  const name = volume === 'model-storage' ? 'model-credentials' : `${volume}-credentials`;
  return {
    ...NONE,
    path: file === undefined ? directory : posix.join(directory, file),
    mounts: [
      { name: volume, source, mountPath: directory, readOnly: true },
      ...(credentials === undefined ? [] : [{ name, source: { secret: { secretName: nameOf(credentials) } } }]),
    ],
    initContainers: [
      {
        name: 'download-model',
        image: context.image(model.image),
        ...(model.command === undefined ? {} : { command: model.command }),
        env: { MODEL_URI: model.uri, MODEL_DIR: directory },
        resources: fetcherResources(stored),
        volumeMounts: [
          { name: volume, mountPath: directory },
          ...(credentials === undefined ? [] : [{ name, mountPath: secret, readOnly: true }]),
        ],
      },
    ],
    egress: [{ peer: { anywhere: true }, port: 443 }],
    stored,
  };
}
