import { createHash } from 'node:crypto';
import { ServingError } from '../errors/problem';
import type { RegistryConnection } from './connection';
import { uploadBlob } from './upload';

/** A manifest as stored in a registry. */
export interface StoredManifest {
  readonly digest: string;
  readonly mediaType: string;
  readonly body: Buffer;
}

/** Accepted manifests, of artifacts and of images. */
const MANIFEST_TYPES = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
];
const LARGEST_MANIFEST = 4 * 1024 * 1024;

/** Manifests and blobs of one repository, each checked against its digest. */
export class Repository {
  readonly #connection: RegistryConnection;

  constructor(connection: RegistryConnection) {
    this.#connection = connection;
  }

  /** The manifest of a tag or digest; undefined when there is none. */
  async findManifest(tagOrDigest: string): Promise<StoredManifest | undefined> {
    const answer = await this.#connection.ask({
      method: 'GET',
      target: `manifests/${tagOrDigest}`,
      headers: { accept: MANIFEST_TYPES.join(', ') },
      expected: [200, 404],
      largest: LARGEST_MANIFEST,
    });
    if (answer.status === 404) return undefined;
    const { body, headers } = answer;
    const digest = digestOf(body);
    const promised = tagOrDigest.includes(':') ? tagOrDigest : headers['docker-content-digest'];
    if (promised !== undefined && promised !== digest) throw this.#wrong('manifest', promised, digest);
    return { digest, mediaType: headers['content-type']?.split(';', 1)[0]?.trim() ?? '', body };
  }

  /** The manifest of a tag or digest. @throws ServingError ARTIFACT_MISSING */
  async manifest(tagOrDigest: string): Promise<StoredManifest> {
    const found = await this.findManifest(tagOrDigest);
    if (found !== undefined) return found;
    const { subject } = this.#connection;
    const remedy = 'Correct the reference, or push it first.';
    throw new ServingError([{ code: 'ARTIFACT_MISSING', subject, message: 'there is no such artifact', remedy }]);
  }

  /** Stores a manifest under a tag or its digest. */
  async putManifest(tagOrDigest: string, mediaType: string, body: Buffer): Promise<void> {
    const headers = { 'content-type': mediaType };
    const target = `manifests/${tagOrDigest}`;
    await this.#connection.ask({ method: 'PUT', target, headers, body, expected: [201] });
  }

  /** A blob of a known size. */
  async blob(digest: string, size: number): Promise<Buffer> {
    for (let attempt = 1; ; attempt += 1) {
      const ask = { method: 'GET', target: `blobs/${digest}`, expected: [200], largest: size } as const;
      const { body } = await this.#connection.ask(ask);
      const got = digestOf(body);
      if (body.length === size && got === digest) return body;
      // It may be damaged in transit; if it happens twice, it is stored that way.
      if (attempt > 1) throw this.#wrong('blob', digest, got);
    }
  }

  /** Stores a blob. Returns false when the registry already had it. */
  async putBlob(content: Buffer): Promise<boolean> {
    return uploadBlob(this.#connection, content, digestOf(content));
  }

  #wrong(what: string, expected: string, got: string): ServingError {
    const { subject } = this.#connection;
    const message = `the registry answered with another ${what} than its digest says`;
    return new ServingError([
      { code: 'ARTIFACT_INVALID', subject, message, got, expected, remedy: 'Push it again; distrust the registry.' },
    ]);
  }
}

/** The digest of bytes, in registry format. */
export function digestOf(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}
