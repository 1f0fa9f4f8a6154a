import type { KubeApi } from '../../client/api';
import { ApiError, TransportError } from '../../client/errors';
import { ServingError } from '../../errors/problem';
import { TOOL } from '../../kube/contract';
import { digestOf } from '../../kube/digest';
import { textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { RecordSigner } from '../model/engine';
import type { Content, Head, Journal, JournalStep, StoredHead } from '../model/record';
import { bounded } from '../model/stream';
import { pack, packList, unpack, unpackList } from './packing';
import { contentFrom, headFrom, objectsFrom, stepsFrom } from './schema';

/** Label on every object of a release's record; its value is the release's name. */
export const RECORD_LABEL = `${TOOL}/record`;
/** Label that identifies the part: `head`, `content`, during a release also `steps`, or `aside` for values not in them. */
export const PART_LABEL = `${TOOL}/part`;
/** An API server object holds 1 MiB; base64 of this much fits, along with the rest of the object. */
const CHUNK = 700_000;
/** Number of concurrent part requests, up to 1 MB each. */
const PARALLEL = 8;
/** Maximum JSON size of steps kept in the head; its revisions fit alongside. */
const MOST_INLINE = 400_000;

type PartKind = 'content' | 'aside' | 'steps';

/** The backend of a record. */
export interface Shelf {
  readonly api: KubeApi;
  /** Signs records, and rejects those it has not signed. @default - records are not signed */
  readonly signer?: RecordSigner;
}

/**
 * Reads and writes the record of one release: Secrets in its namespace. Checks size, structure, name and digest of what it reads;
 * only a signature can show that an authorized user wrote it.
 */
export class Store {
  readonly release: string;
  readonly namespace: string;
  private readonly api: KubeApi;
  private readonly signer: RecordSigner | undefined;

  constructor({ api, signer }: Shelf, release: string, namespace: string) {
    [this.api, this.signer, this.release, this.namespace] = [api, signer, release, namespace];
  }

  /** The record's head; undefined when there is no record. */
  async head(): Promise<StoredHead | undefined> {
    const object = await this.api.get(this.named(this.name()));
    return object && { head: await headOf(object, this.signer), resourceVersion: object.metadata.resourceVersion };
  }

  /** The resourceVersion of the head's Secret, readable or not. */
  async version(): Promise<string | undefined> {
    return (await this.api.get(this.named(this.name())))?.metadata.resourceVersion;
  }

  /** Writes the head over the one that was read. A 409 means that another client has written in the meantime. */
  async writeHead(head: Head, resourceVersion: string | undefined): Promise<StoredHead> {
    const packed = pack(head);
    const signature = await this.signer?.sign(head, packed);
    const data = { head: packed, ...(signature === undefined ? {} : { signature }) };
    const object = this.secret(this.name(), 'head', data, resourceVersion);
    try {
      const written = await (resourceVersion === undefined ? this.api.create(object) : this.api.replace(object));
      return { head, resourceVersion: written.metadata.resourceVersion };
    } catch (error) {
      // An aborted attempt may have succeeded: then the stored head is already the new one.
      const unsure =
        error instanceof ApiError ? error.status === 409 && error.ambiguous : error instanceof TransportError && error.sent;
      if (!unsure) throw error;
      const there = await this.api.get(this.named(this.name()));
      if (there === undefined || textAt(there, 'data', 'head') !== packed) throw error;
      return { head, resourceVersion: there.metadata.resourceVersion };
    }
  }

  /** Stores content under its digests and returns them; existing content is not written again. */
  async putContent({ v, objects, gates }: Content): Promise<readonly string[]> {
    const rest = JSON.stringify(gates);
    const text = packList(objects, (items, piece) => `{"v":${v},"objects":[${items}],"gates":${piece === 0 ? rest : '[]'}}`);
    return this.putParts(text, 'content');
  }

  /** The content stored by `putContent`. */
  async content(digests: readonly string[]): Promise<Content> {
    const pieces = (await this.takeParts(digests)).map(contentFrom).map((piece) => piece ?? this.unreadable());
    return { v: 1, objects: pieces.flatMap(({ objects }) => objects), gates: pieces.flatMap(({ gates }) => gates) };
  }

  /** Removes parts of the record. */
  async drop(digests: Iterable<string>): Promise<void> {
    await bounded([...digests], 32, (digest) => this.api.remove(this.named(this.part(digest))));
  }

  /** The digests of the record's parts. */
  async parts(): Promise<readonly string[]> {
    const labelSelector = `${RECORD_LABEL}=${this.release},${PART_LABEL}!=head`;
    const { items } = await this.api.list({ apiVersion: 'v1', kind: 'Secret', namespace: this.namespace, labelSelector });
    const prefix = this.part('');
    // Other Secrets with these labels are not parts, whichever client labeled them.
    return items.flatMap(({ metadata: { name } }) => (name.startsWith(prefix) ? [name.slice(prefix.length)] : []));
  }

  /** Stores objects with the values that a journal omits, for the duration of a release. Returns their digests. */
  async keepAside(objects: readonly KubeObject[]): Promise<readonly string[]> {
    return this.putParts(
      packList(objects, (items) => `[${items}]`),
      'aside',
    );
  }

  /** The objects that a journal's release stored separately; empty when there are none. */
  async aside({ aside }: Journal): Promise<readonly KubeObject[]> {
    if (aside === undefined) return [];
    return (await this.takeParts(aside)).flatMap((piece) => objectsFrom(piece) ?? this.unreadable());
  }

  /**
   * Places the steps of a journal: in the head when they are few, otherwise in parts, which are written here. The previous state
   * of three large ConfigMaps is more than one API server object holds.
   */
  async putSteps(steps: readonly JournalStep[]): Promise<Pick<Journal, 'steps' | 'stepParts'>> {
    if (fits(steps, MOST_INLINE)) return { steps };
    return {
      steps: [],
      stepParts: await this.putParts(
        packList(steps, (items) => `[${items}]`),
        'steps',
      ),
    };
  }

  /** The steps of a journal, from the head or from parts. */
  async steps({ steps, stepParts }: Journal): Promise<readonly JournalStep[]> {
    if (stepParts === undefined) return steps;
    return (await this.takeParts(stepParts)).flatMap((piece) => stepsFrom(piece) ?? this.unreadable());
  }

  /** Removes the whole record. */
  async destroy(): Promise<void> {
    await this.drop(await this.parts());
    await this.api.remove(this.named(this.name()));
  }

  private async putParts(text: string, part: PartKind): Promise<readonly string[]> {
    const parts = Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, i) => text.slice(i * CHUNK, (i + 1) * CHUNK));
    return bounded(parts, PARALLEL, (one) => this.putPart(one, part));
  }

  private async putPart(text: string, part: PartKind): Promise<string> {
    const digest = digestOf(text);
    const secret = this.secret(this.part(digest), part, { part: Buffer.from(text).toString('base64') });
    try {
      await this.api.create(secret);
    } catch (error) {
      const there = error instanceof ApiError ? error.status === 409 : error instanceof TransportError && error.sent;
      if (!there) throw error;
      const found = await this.api.get(this.named(this.part(digest)));
      if (found === undefined) throw error;
      // Another client's Secret in its place: the content of a part must match its name.
      if (partText(found) !== text) await this.api.replace({ ...secret, metadata: { ...found.metadata, ...secret.metadata } });
    }
    return digest;
  }

  private async takeParts(digests: readonly string[]): Promise<readonly unknown[]> {
    if (digests.length === 0) throw this.damaged('a part of the record is gone');
    const parts = await bounded(digests, PARALLEL, (digest) => this.takePart(digest));
    try {
      return unpackList(parts.join(''));
    } catch {
      return this.unreadable();
    }
  }

  private async takePart(digest: string): Promise<string> {
    const part = await this.api.get(this.named(this.part(digest)));
    if (part === undefined) throw this.damaged('a part of the record is gone');
    const text = partText(part);
    if (digestOf(text) !== digest) throw this.damaged('a part of the record is not what was written');
    return text;
  }

  private unreadable(): never {
    throw this.damaged('a part of the record is not readable');
  }

  private name(): string {
    return `${TOOL}.${this.release}`;
  }

  /** No release's head can have this name, whatever the release is called. */
  private part(digest: string): string {
    return `${TOOL}-part.${this.release}.${digest}`;
  }

  private named(name: string) {
    return { apiVersion: 'v1', kind: 'Secret', namespace: this.namespace, name };
  }

  private secret(name: string, part: string, data: Readonly<Record<string, string>>, resourceVersion?: string): KubeObject {
    const labels = { 'app.kubernetes.io/managed-by': TOOL, [RECORD_LABEL]: this.release, [PART_LABEL]: part };
    const version = resourceVersion === undefined ? {} : { resourceVersion };
    const metadata = { name, namespace: this.namespace, labels, ...version };
    return { apiVersion: 'v1', kind: 'Secret', type: `${TOOL}/record`, metadata, data };
  }

  private damaged(message: string): ServingError {
    const remedy = `Give up what cannot be read with \`serving repair ${this.release} -n ${this.namespace}\`, then apply the manifests again.`;
    return new ServingError([{ code: 'RECORD_DAMAGED', subject: `${this.namespace}/${this.release}`, message, remedy }]);
  }
}

/** Whether values take at most so many characters as JSON; looks no further than that. */
function fits(values: readonly unknown[], most: number): boolean {
  let length = 0;
  return values.every((value) => {
    length += JSON.stringify(value).length;
    return length <= most;
  });
}

/** The head in a Secret of a record. Throws when it has none, belongs to another release, or lacks a required signature. */
export async function headOf(object: KubeObject, signer?: RecordSigner): Promise<Head> {
  const { name, namespace } = object.metadata;
  const packed = textAt(object, 'data', 'head') ?? '';
  const head = readHead(packed);
  if (head === undefined) throw damagedHead(object, 'the record is not readable');
  if (name !== `${TOOL}.${head.release}` || namespace !== head.namespace)
    throw damagedHead(object, 'the record is that of another release');
  await signer?.verify(head, packed, textAt(object, 'data', 'signature'));
  return head;
}

function readHead(packed: string): Head | undefined {
  try {
    return headFrom(unpack(packed));
  } catch {
    return undefined;
  }
}

function damagedHead({ metadata: { name, namespace = '' } }: KubeObject, message: string): ServingError {
  const release = name.slice(TOOL.length + 1);
  const remedy = `Rebuild it from the live objects with \`serving repair ${release} -n ${namespace}\`.`;
  return new ServingError([{ code: 'RECORD_DAMAGED', subject: `${namespace}/${release}`, message, remedy }]);
}

function partText(part: KubeObject): string {
  return Buffer.from(textAt(part, 'data', 'part') ?? '', 'base64').toString('utf8');
}
