import type { KubeApi } from '../../client/api';
import { ApiError, TransportError } from '../../client/errors';
import { ServingError } from '../../errors/problem';
import { isKubeObject } from '../../kube/address';
import { TOOL } from '../../kube/contract';
import type { KubeObject } from '../../kube/object';
import { digestOf, fieldsAt, isFields, textAt } from '../json';
import { currentState } from '../model/outcome';
import { type Content, type Head, type Journal, pack, unpack } from './record';

/** Label on everything that belongs to a release's record; its value is the release's name. */
export const RECORD_LABEL = `${TOOL}/record`;
/** Label that tells the parts of a record: `head` or `content`, or `aside` for Secrets kept during a release. */
export const PART_LABEL = `${TOOL}/part`;
/** An object of the API server holds 1 MiB; base64 of this much, and the rest of the object, fit. */
const CHUNK = 700_000;

/** A head as it was read; `resourceVersion` makes the next write a compare-and-swap. */
export interface StoredHead {
  readonly head: Head;
  readonly resourceVersion: string | undefined;
}

/** Reads and writes the record of one release: Secrets in its namespace. */
export class Store {
  readonly release: string;
  readonly namespace: string;
  private readonly api: KubeApi;

  constructor(api: KubeApi, release: string, namespace: string) {
    [this.api, this.release, this.namespace] = [api, release, namespace];
  }

  /** The record's head; nothing when there is no record. */
  async head(): Promise<StoredHead | undefined> {
    const object = await this.api.get(this.named(this.name()));
    return object && { head: headOf(object), resourceVersion: object.metadata.resourceVersion };
  }

  /** Writes the head over the one that was read. A 409 means that somebody else has written since. */
  async writeHead(head: Head, resourceVersion: string | undefined): Promise<StoredHead> {
    const object = this.secret(this.name(), 'head', { head: pack(head) }, resourceVersion);
    try {
      const written = await (resourceVersion === undefined ? this.api.create(object) : this.api.replace(object));
      return { head, resourceVersion: written.metadata.resourceVersion };
    } catch (error) {
      // An attempt that broke off may have been carried out: then what is there is what was to be written.
      const unsure =
        error instanceof ApiError ? error.status === 409 && error.ambiguous : error instanceof TransportError && error.sent;
      if (!unsure) throw error;
      const there = await this.api.get(this.named(this.name()));
      if (there === undefined || textAt(there, 'data', 'head') !== pack(head)) throw error;
      return { head, resourceVersion: there.metadata.resourceVersion };
    }
  }

  /** Stores content under its digest and returns where; content that is there already is not written again. */
  async putContent(content: Content): Promise<readonly string[]> {
    const text = pack(content);
    const parts = Array.from({ length: Math.ceil(text.length / CHUNK) }, (_, i) => text.slice(i * CHUNK, (i + 1) * CHUNK));
    return Promise.all(
      parts.map(async (part) => {
        const digest = digestOf(part);
        try {
          await this.api.create(this.secret(this.part(digest), 'content', { part: Buffer.from(part).toString('base64') }));
        } catch (error) {
          const there = error instanceof ApiError ? error.status === 409 : error instanceof TransportError && error.sent;
          if (!there || (await this.api.get(this.named(this.part(digest)))) === undefined) throw error;
        }
        return digest;
      }),
    );
  }

  /** The content that `putContent` has stored. */
  async content(digests: readonly string[]): Promise<Content> {
    const parts = await Promise.all(digests.map((digest) => this.api.get(this.named(this.part(digest)))));
    const text = parts.map((part) => Buffer.from(textAt(part, 'data', 'part') ?? '', 'base64').toString('utf8')).join('');
    if (parts.includes(undefined) || digests.length === 0) throw this.damaged('a part of the record is gone');
    const content = unpack(text);
    if (!isContent(content)) throw this.damaged('a part of the record is not readable');
    return content;
  }

  /** Removes parts of the record. */
  async drop(digests: Iterable<string>): Promise<void> {
    await Promise.all([...digests].map((digest) => this.api.remove(this.named(this.part(digest)))));
  }

  /** The parts of the record besides its head: digests of content, and `aside`. */
  async parts(): Promise<readonly string[]> {
    const labelSelector = `${RECORD_LABEL}=${this.release},${PART_LABEL}!=head`;
    const { items } = await this.api.list({ apiVersion: 'v1', kind: 'Secret', namespace: this.namespace, labelSelector });
    return items.map(({ metadata }) => metadata.name.slice(this.name().length + 1));
  }

  /** Keeps Secrets of the stack, with their values, for as long as a release is under way. */
  async keepAside(secrets: readonly KubeObject[]): Promise<void> {
    await this.drop(['aside']);
    await this.api.create(this.secret(this.part('aside'), 'aside', { secrets: pack(secrets) }));
  }

  /** The Secrets kept aside; empty when there are none. */
  async aside(): Promise<readonly KubeObject[]> {
    const object = await this.api.get(this.named(this.part('aside')));
    const packed = textAt(object, 'data', 'secrets');
    const kept = packed === undefined ? [] : unpack(packed);
    return Array.isArray(kept) ? kept.filter(isKubeObject) : [];
  }

  /** Removes the whole record. */
  async destroy(): Promise<void> {
    await this.drop(await this.parts());
    await this.api.remove(this.named(this.name()));
  }

  private name(): string {
    return `${TOOL}.${this.release}`;
  }

  private part(digest: string): string {
    return `${this.name()}.${digest}`;
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
    const remedy = 'Apply the manifests again; the revision itself cannot be read any more.';
    return new ServingError([{ code: 'RECORD_DAMAGED', subject: `${this.namespace}/${this.release}`, message, remedy }]);
  }
}

/** The head in a Secret of a record. */
export function headOf(object: KubeObject): Head {
  const packed = textAt(object, 'data', 'head');
  const head = packed === undefined ? undefined : unpack(packed);
  if (isHead(head)) return { ...head, revisions: head.revisions.map((one) => ({ ...one, state: currentState(one.state) })) };
  const remedy = 'Delete this Secret; the next apply rebuilds the record from the objects that carry the release label.';
  const subject = `Secret/${object.metadata.name}`;
  throw new ServingError([{ code: 'RECORD_DAMAGED', subject, message: 'the record is not readable', remedy }]);
}

function isHead(value: unknown): value is Head {
  return isFields(value) && value.v === 1 && Array.isArray(value.revisions) && typeof value.fence === 'number';
}

function isContent(value: unknown): value is Content {
  return isFields(value) && value.v === 1 && Array.isArray(value.objects) && Array.isArray(fieldsAt({ value }, 'value').gates);
}

/** Whether a journal changes Secrets, whose earlier values are kept aside. */
export function touchesSecrets(journal: Journal): boolean {
  return journal.steps.some(({ object, before }) => object.kind === 'Secret' && before !== undefined);
}
