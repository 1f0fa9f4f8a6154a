import { dirname, posix } from 'node:path';
import type { ContainerInput, Mount } from '../kube/pod';
import type { ClaimModel, DownloadModel, ModelSource } from './model';

/** How a pod comes by a model: what is mounted, what runs first, and where the file is. */
export interface ModelVolume {
  /** The model as the container sees it. */
  readonly path: string;
  readonly mounts: readonly Mount[];
  readonly initContainers: readonly ContainerInput[];
  /** Whether the pod has to reach something outside the cluster. */
  readonly downloads: boolean;
}

const VOLUME = 'model-storage';
const CREDENTIALS = 'model-credentials';
const SMALL = {
  requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': '256Mi' },
  limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': '2Gi' },
};

/**
 * How a pod comes by a model. `configMap` is the name of the ConfigMap that holds a file model; `ownImage` says that the pod runs the
 * server's image, so that a baked model is simply there; otherwise it is copied out of that image first.
 */
export function modelVolume(
  model: ModelSource,
  context: { readonly configMap: string; readonly ownImage: boolean; readonly image: (image: string) => string },
): ModelVolume {
  switch (model.source) {
    case 'baked': {
      const here = { path: model.path, mounts: [], initContainers: [], downloads: false };
      return context.ownImage ? here : { ...here, ...copied(model.path, context.image(`${model.image}:${model.version}`)) };
    }
    case 'file':
      return {
        path: model.path,
        mounts: [
          {
            name: VOLUME,
            source: { configMap: { name: context.configMap } },
            mountPath: model.path,
            subPath: posix.basename(model.path),
          },
        ],
        initContainers: [],
        downloads: false,
      };
    case 'claim':
      return { path: model.path, mounts: [claimed(model)], initContainers: [], downloads: false };
    case 'download':
      return downloaded(model, context.image(model.image));
  }
}

function copied(path: string, image: string): Pick<ModelVolume, 'mounts' | 'initContainers'> {
  const directory = dirname(path);
  return {
    mounts: [{ name: VOLUME, source: { emptyDir: { sizeLimit: '10Gi' } }, mountPath: directory, readOnly: true }],
    initContainers: [
      {
        name: 'copy-model',
        image,
        command: ['cp', '-R', `${directory}/.`, '/model'],
        resources: SMALL,
        volumeMounts: [{ name: VOLUME, mountPath: '/model' }],
      },
    ],
  };
}

function claimed({ claim, path, subPath, readOnly = true }: ClaimModel): Mount {
  return {
    name: VOLUME,
    source: { persistentVolumeClaim: { claimName: claim } },
    mountPath: path,
    ...(subPath === undefined ? {} : { subPath }),
    readOnly,
  };
}

function downloaded(model: DownloadModel, image: string): ModelVolume {
  const { into = { emptyDir: '10Gi' }, credentials, directory, file } = model;
  const source =
    'claim' in into ? { persistentVolumeClaim: { claimName: into.claim } } : { emptyDir: { sizeLimit: into.emptyDir } };
  const secret = '/var/run/secrets/model-source';
  return {
    path: file === undefined ? directory : posix.join(directory, file),
    mounts: [
      { name: VOLUME, source, mountPath: directory, readOnly: true },
      ...(credentials === undefined ? [] : [{ name: CREDENTIALS, source: { secret: { secretName: credentials } } }]),
    ],
    initContainers: [
      {
        name: 'download-model',
        image,
        ...(model.command === undefined ? {} : { command: model.command }),
        env: { MODEL_URI: model.uri, MODEL_DIR: directory },
        resources: SMALL,
        volumeMounts: [
          { name: VOLUME, mountPath: directory },
          ...(credentials === undefined ? [] : [{ name: CREDENTIALS, mountPath: secret, readOnly: true }]),
        ],
      },
    ],
    downloads: true,
  };
}
