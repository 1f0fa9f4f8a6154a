import { gunzipSync } from 'node:zlib';
import { gzipSync } from 'fflate';
import { ServingError } from '../errors/problem';
import { type Fields, fieldsAt, isFields, listAt, numberAt, textAt } from '../kube/fields';
import { isDigest } from './reference';
import { digestOf, type StoredManifest } from './repository';
import { type ArtifactFile, tar } from './tar';
import { untar } from './untar';

/** Media types used by Flux. @see https://fluxcd.io/flux/cheatsheets/oci-artifacts/ */
export const MANIFEST_TYPE = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG_TYPE = 'application/vnd.cncf.flux.config.v1+json';
const CONTENT_TYPE = 'application/vnd.cncf.flux.content.v1.tar+gzip';
/** Archives pushed by other tools, such as `oras push` of a directory. */
const ARCHIVE_TYPES = [CONTENT_TYPE, 'application/vnd.oci.image.layer.v1.tar+gzip'];

/** Far above any directory of manifests. */
const LIMITS = { archive: 32 * 1024 * 1024, bytes: 64 * 1024 * 1024, entries: 10_000 };

/** An artifact ready to be pushed. */
export interface Artifact {
  /** Digest of the manifest, which references everything else. */
  readonly digest: string;
  readonly manifest: Buffer;
  readonly config: Buffer;
  /** The files as tar+gzip. */
  readonly content: Buffer;
}

/** The only archive of an artifact. */
export interface ContentLayer {
  readonly digest: string;
  readonly size: number;
  /** Name that the pushing tool gave the archive. */
  readonly title?: string;
}

/**
 * Packs files as an OCI artifact. The bytes depend only on files and annotations: the archive contains no times or owners, and is
 * compressed in JavaScript, because zlib's output differs between versions and processors.
 */
export function packArtifact(files: readonly ArtifactFile[], annotations: Readonly<Record<string, string>>): Artifact {
  const archive = tar(files);
  const content = Buffer.from(gzipSync(archive, { level: 9, mtime: 0 }));
  const config = json({
    architecture: '',
    os: '',
    config: {},
    rootfs: { type: 'layers', diff_ids: [digestOf(archive)] },
  });
  const manifest = json({
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: CONFIG_TYPE, digest: digestOf(config), size: config.length },
    layers: [
      {
        mediaType: CONTENT_TYPE,
        digest: digestOf(content),
        size: content.length,
        // Clients without directory support, such as oras, save the archive under this name.
        annotations: { 'org.opencontainers.image.title': 'manifests.tar.gz' },
      },
    ],
    annotations: Object.fromEntries(Object.entries(annotations).sort(([a], [b]) => (a < b ? -1 : 1))),
  });
  return { digest: digestOf(manifest), manifest, config, content };
}

/** The archive and annotations in a manifest. @throws ServingError ARTIFACT_INVALID */
export function readManifest(
  { mediaType, body }: StoredManifest,
  subject: string,
): { readonly layer: ContentLayer; readonly annotations: Readonly<Record<string, string>> } {
  const manifest = parseObject(body);
  const type = textAt(manifest, 'mediaType') ?? mediaType;
  if (type !== MANIFEST_TYPE) throw invalid(subject, 'is not an OCI artifact of one directory', type);
  const layers = listAt(manifest, 'layers');
  const archives = layers.filter((layer) => ARCHIVE_TYPES.includes(textAt(layer, 'mediaType') ?? ''));
  const [layer] = archives;
  if (layer === undefined || layers.length !== 1) {
    const got = layers.map((one) => textAt(one, 'mediaType') ?? '').join(', ') || 'no layer';
    throw invalid(subject, 'does not hold exactly one archive of manifests', got);
  }
  const [digest, size, title] = [
    textAt(layer, 'digest') ?? '',
    numberAt(layer, 'size') ?? -1,
    textAt(fieldsAt(layer, 'annotations'), 'org.opencontainers.image.title'),
  ];
  if (!isDigest(digest) || !Number.isInteger(size) || size < 0)
    throw invalid(subject, 'names its archive without digest and size');
  if (size > LIMITS.archive) throw invalid(subject, `its archive is larger than ${LIMITS.archive} bytes`, String(size));
  const annotations = Object.entries(fieldsAt(manifest, 'annotations')).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return { layer: { digest, size, ...(title === undefined ? {} : { title }) }, annotations: Object.fromEntries(annotations) };
}

/** The files of an archive. @throws ServingError ARTIFACT_INVALID */
export function unpackContent(content: Buffer, title: string | undefined, subject: string): readonly ArtifactFile[] {
  let archive: Buffer;
  try {
    // Headers and padding are added to the files.
    archive = gunzipSync(content, { maxOutputLength: LIMITS.bytes + LIMITS.entries * 1024 });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const tooLarge = code === 'ERR_BUFFER_TOO_LARGE';
    throw invalid(subject, tooLarge ? `its archive unpacks to more than ${LIMITS.bytes} bytes` : 'its archive is not gzip');
  }
  const files = untar(archive, subject, LIMITS);
  // `oras push` of a directory keeps the directory's own name as a prefix of each path.
  const prefix = `${title}/`;
  return title !== undefined && files.every(({ path }) => path.startsWith(prefix))
    ? files.map(({ path, content: inside }) => ({ path: path.slice(prefix.length), content: inside }))
    : files;
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

/** The JSON object in a body; empty when there is none. */
export function parseObject(body: Buffer): Fields {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    return isFields(value) ? value : {};
  } catch {
    return {};
  }
}

function invalid(subject: string, message: string, got?: string): ServingError {
  const remedy = 'Give the reference of a directory that `serving push` or `flux push artifact` has pushed.';
  return new ServingError([{ code: 'ARTIFACT_INVALID', subject, message, remedy, ...(got === undefined ? {} : { got }) }]);
}
