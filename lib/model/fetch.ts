import type { Problem } from '../errors/problem';
import type { ResourceFields } from '../kube/api-types';
import { connectionTo } from '../kube/host';
import { nameOf } from '../kube/named';
import type { Connection } from '../kube/network-policy';
import type { ContainerInput, Env, Mount } from '../kube/pod';
import { type MemoryQuantity, parseQuantity } from '../kube/quantity';
import { bytesQuantity, EPHEMERAL } from '../kube/resources';
import { isCommit } from './commit';
import type { HuggingFaceModel, ObjectStoreModel } from './model';

/** A container that fetches a model into a directory, with its requirements. */
export interface Fetch {
  readonly container: ContainerInput;
  /** Volumes in addition to the model's. */
  readonly mounts: readonly Mount[];
  readonly egress: readonly Connection[];
  readonly serviceAccountAnnotations: Readonly<Record<string, string>>;
  readonly problems: readonly Omit<Problem, 'subject'>[];
}

/** Minimum rate of a download. */
const BYTES_PER_SECOND = 50 * 2 ** 20;

/** Volume size in bytes for a model: the model plus a tenth, in whole Gi. */
export function roomFor(size: MemoryQuantity): number {
  return Math.ceil(((parseQuantity(size) ?? 0) * 1.1) / 2 ** 30) * 2 ** 30;
}

/** Maximum seconds for a download. */
export function fetchSeconds(size: MemoryQuantity): number {
  return Math.ceil((parseQuantity(size) ?? 0) / BYTES_PER_SECOND);
}

/** Resources of a container that copies or downloads; `stored` bytes on the node's disk are added to the defaults. */
export function fetcherResources(stored: number): ResourceFields {
  return {
    requests: { cpu: '100m', memory: '128Mi', 'ephemeral-storage': bytesQuantity(EPHEMERAL.request + stored) },
    limits: { cpu: '1', memory: '1Gi', 'ephemeral-storage': bytesQuantity(EPHEMERAL.limit + stored) },
  };
}

/** Downloads with the hub's library. All values come from the environment, so none of them can become code. */
const HUB_SCRIPT = [
  'import json, os',
  'from huggingface_hub import snapshot_download',
  "snapshot_download(os.environ['MODEL_REPO'], revision=os.environ['MODEL_REVISION'], local_dir=os.environ['MODEL_DIR'],",
  "                  allow_patterns=json.loads(os.environ['MODEL_FILES']) or None)",
].join('\n');

/**
 * Renders the container that fetches a model.
 * @param volume name of the model's volume
 * @param directory its mount path; with `subPath` only that part of the volume
 * @param serverImage the server's image, if it can download from the hub itself
 */
export function fetchContainer(
  model: HuggingFaceModel | ObjectStoreModel,
  target: { readonly volume: string; readonly directory: string; readonly subPath?: string; readonly stored: number },
  image: (image: string) => string,
  serverImage?: string,
): Fetch {
  const { command, env, mounts: own = [], egress, problems } = model.source === 'hugging-face' ? hub(model) : store(model);
  const mounts = [...own, ...trusted(model).mounts];
  const scratch = `${target.volume}-scratch`;
  const fetcher = model.fetcher ?? serverImage;
  const missing: Omit<Problem, 'subject'> = {
    code: 'MODEL_SOURCE_INCOMPLETE',
    path: 'model.fetcher',
    message: "the server's image cannot download from the hub",
    expected: 'an image with Python and huggingface_hub',
    remedy: 'Name a fetcher image.',
  };
  return {
    container: {
      name: target.volume === 'model-storage' ? 'fetch-model' : `fetch-${target.volume}`,
      image: image(fetcher ?? 'missing'),
      imagePullPolicy: 'IfNotPresent',
      command: model.command ?? command,
      env: { MODEL_DIR: target.directory, HOME: '/tmp', ...env, ...proxied(model), ...trusted(model).env },
      resources: fetcherResources(target.stored),
      volumeMounts: [
        {
          name: target.volume,
          mountPath: target.directory,
          ...(target.subPath === undefined ? {} : { subPath: target.subPath }),
        },
        { name: scratch, mountPath: '/tmp' },
        ...mounts.map(({ name, mountPath = '' }) => ({ name, mountPath, readOnly: true })),
      ],
    },
    mounts: [
      { name: scratch, source: { emptyDir: { sizeLimit: '1Gi' } } },
      ...mounts.map(({ name, source }) => ({ name, source })),
    ],
    egress: model.proxy === undefined ? egress : [connectionTo(model.proxy)],
    serviceAccountAnnotations: model.source === 'object-store' ? (model.workloadIdentity ?? {}) : {},
    problems: fetcher === undefined ? [...problems, missing] : problems,
  };
}

/** Python's and the clouds' tools read the upper-case names, curl the lower-case ones. */
function proxied({ proxy }: HuggingFaceModel | ObjectStoreModel): Env {
  if (proxy === undefined) return {};
  return { HTTPS_PROXY: proxy, HTTP_PROXY: proxy, https_proxy: proxy, http_proxy: proxy };
}

const CERTIFICATES = '/var/run/certificates';

/** Certificate authorities: Python, its `requests`, the AWS tools, gcloud and curl each have a variable of their own. */
function trusted({ certificates }: HuggingFaceModel | ObjectStoreModel): {
  readonly env: Env;
  readonly mounts: readonly Mount[];
} {
  if (certificates === undefined) return { env: {}, mounts: [] };
  const { configMap, key = 'ca.crt' } = certificates;
  const file = `${CERTIFICATES}/${key}`;
  return {
    env: {
      SSL_CERT_FILE: file,
      REQUESTS_CA_BUNDLE: file,
      CURL_CA_BUNDLE: file,
      AWS_CA_BUNDLE: file,
      CLOUDSDK_CORE_CUSTOM_CA_CERTS_FILE: file,
    },
    mounts: [{ name: 'certificates', source: { configMap: { name: nameOf(configMap) } }, mountPath: CERTIFICATES }],
  };
}

interface Tool {
  readonly command: readonly string[];
  readonly env: Env;
  readonly mounts?: readonly Mount[];
  readonly egress: readonly Connection[];
  readonly problems: readonly Omit<Problem, 'subject'>[];
}

function hub({ repo, revision, token, endpoint, files = [] }: HuggingFaceModel): Tool {
  const problem: Omit<Problem, 'subject'> = {
    code: 'REVISION_NOT_PINNED',
    path: 'model.revision',
    message: 'the revision is not a commit',
    got: revision,
    expected: '40 hexadecimal digits',
    remedy: "Copy the commit from the model's page: Files and versions, History.",
  };
  return {
    command: ['python3', '-c', HUB_SCRIPT],
    env: {
      MODEL_REPO: repo,
      MODEL_REVISION: revision,
      MODEL_FILES: JSON.stringify(files),
      HF_HOME: '/tmp/hugging-face',
      // Each file is downloaded only once, so a chunk cache is useless.
      HF_XET_CHUNK_CACHE_SIZE_BYTES: 0,
      HF_HUB_DISABLE_TELEMETRY: 1,
      ...(endpoint === undefined ? {} : { HF_ENDPOINT: endpoint }),
      ...(token === undefined ? {} : { HF_TOKEN: { secret: token.secret, key: token.key ?? 'token' } }),
    },
    egress: [connectionTo(endpoint ?? 'https://huggingface.co')],
    problems: isCommit(revision) ? [] : [problem],
  };
}

function store({ uri, endpoint, region, credentials }: ObjectStoreModel): Tool {
  const google = uri.startsWith('gs://');
  const keys = '/var/run/secrets/object-store';
  const egress = [connectionTo(endpoint ?? 'https://storage.googleapis.com')];
  if (google) {
    return {
      command: ['gcloud', 'storage', 'rsync', '--recursive', uri, '$(MODEL_DIR)'],
      env: {
        CLOUDSDK_CONFIG: '/tmp/gcloud',
        ...(credentials === undefined ? {} : { GOOGLE_APPLICATION_CREDENTIALS: `${keys}/key.json` }),
      },
      mounts:
        credentials === undefined
          ? []
          : [{ name: 'object-store-key', source: { secret: { secretName: nameOf(credentials) } }, mountPath: keys }],
      egress,
      problems: [],
    };
  }
  const variable = (key: string) => (credentials === undefined ? {} : { [key]: { secret: credentials, key } });
  return {
    command: ['aws', 's3', 'sync', '--no-progress', '--only-show-errors', uri, '$(MODEL_DIR)'],
    env: {
      ...(endpoint === undefined ? {} : { AWS_ENDPOINT_URL: endpoint }),
      ...(region === undefined ? {} : { AWS_REGION: region }),
      ...variable('AWS_ACCESS_KEY_ID'),
      ...variable('AWS_SECRET_ACCESS_KEY'),
    },
    egress,
    problems: [],
  };
}
