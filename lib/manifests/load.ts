import { type Problem, ServingError } from '../errors/problem';
import { isKubeObject } from '../kube/address';
import { RELEASE_LABEL } from '../kube/contract';
import { isClusterScoped } from '../kube/kinds';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import { fieldsAt, isFields, textAt } from '../release/json';
import type { Host, SourceFile } from '../release/model/host';
import { type Gate, splitGates } from './gates';
import { documentsOf, type SourceDocument } from './source';

/** Which release the manifests are, where they do not say so themselves. */
export interface LoadOptions {
  /** The release's name, when the manifests carry no release label. @default - the release label of the manifests */
  readonly release?: string;
  /** The namespace of the release, and of objects that name none. @default - the manifests' own */
  readonly namespace?: string;
  /** The namespace when neither `namespace` nor the manifests name one. @default 'default' */
  readonly fallbackNamespace?: string;
}

/** A release as its manifests want it. */
export interface Desired {
  /** The release. */
  readonly release: string;
  /** Where the record lives, and where objects without a namespace go. */
  readonly namespace: string;
  /** What is to be in the cluster, with the release label, in the order of its keys. */
  readonly objects: readonly KubeObject[];
  /** Its gates, in the order in which they run. */
  readonly gates: readonly Gate[];
  /** The digest of the document that each object came from, by the object's key. */
  readonly sources: ReadonlyMap<string, string>;
}

/** Reads a folder of manifests (or one file). Throws every problem at once. */
export async function load(path: string, host: Host, options: LoadOptions = {}): Promise<Desired> {
  return resolve(host.read(path), options);
}

/** A guess at release and namespace that needs no parsing; `resolve` has the last word. */
export function guess(files: readonly SourceFile[], options: LoadOptions): LoadOptions {
  const find = (pattern: RegExp) => files.map(({ text }) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  const release = options.release ?? find(/^ +["']?cdk8s-serving\/release["']?: *["']?([\w.-]+)/m);
  const namespace =
    options.namespace ?? find(/^ {2,4}["']?namespace["']?: *["']?([\w-]+)/m) ?? options.fallbackNamespace ?? 'default';
  return { ...(release === undefined ? {} : { release }), namespace };
}

/** What files say, as a release. */
export async function resolve(files: readonly SourceFile[], options: LoadOptions): Promise<Desired> {
  const problems: Problem[] = [];
  const raw: { readonly object: KubeObject; readonly document: SourceDocument }[] = [];
  for (const document of files.flatMap(documentsOf)) {
    for (const object of await parse(document, problems)) raw.push({ object, document });
  }
  const all = raw.map(({ object }) => object);
  const release = options.release ?? releaseOf(all, problems);
  const namespace = options.namespace ?? namespaceOf(all, options.fallbackNamespace ?? 'default', problems);
  const placed = raw.map(({ object, document }) => ({ object: place(object, release, namespace), document }));
  const sources = new Map(placed.map(({ object, document }) => [keyOf(object), document.digest]));
  refuseDuplicates(placed, problems);
  const { objects, gates } = splitGates(
    placed.map(({ object }) => object),
    problems,
  );
  if (problems.length > 0) throw new ServingError(problems);
  return { release, namespace, objects: [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1)), gates, sources };
}

async function parse(document: SourceDocument, problems: Problem[]): Promise<readonly KubeObject[]> {
  const found: KubeObject[] = [];
  const take = (value: unknown): void => {
    if (value === null || value === undefined) return;
    const kind = textAt(value, 'kind');
    const items = isFields(value) ? value.items : undefined;
    if (Array.isArray(items) && kind?.endsWith('List') === true) {
      for (const item of items) take(item);
      return;
    }
    if (isKubeObject(value)) {
      found.push(value);
      return;
    }
    const message = 'a document is not a Kubernetes object';
    const expected = 'apiVersion, kind and metadata.name';
    const remedy = 'Only manifests belong into this folder.';
    problems.push({ code: 'MANIFEST_INVALID', subject: document.file, message, got: kind, expected, remedy });
  };
  try {
    for (const value of await document.parse()) take(value);
  } catch (error) {
    const message = `is not readable: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}`;
    problems.push({ code: 'MANIFEST_INVALID', subject: document.file, message, remedy: 'Correct the file.' });
  }
  return found;
}

function releaseOf(objects: readonly KubeObject[], problems: Problem[]): string {
  const names = new Set(objects.flatMap((object) => object.metadata.labels?.[RELEASE_LABEL] ?? []));
  const [name] = names;
  if (name !== undefined && names.size === 1) return name;
  const message =
    names.size === 0 ? 'the manifests do not say which release they are' : 'the manifests belong to several releases';
  const remedy = 'Give the name with --release.';
  problems.push({ code: 'RELEASE_UNNAMED', subject: 'release', message, ...(names.size > 0 ? { got: [...names] } : {}), remedy });
  return '';
}

function namespaceOf(objects: readonly KubeObject[], fallback: string, problems: Problem[]): string {
  const names = new Set(objects.flatMap((object) => object.metadata.namespace ?? []));
  const [name = fallback] = names;
  if (names.size <= 1) return name;
  const message = 'the manifests go to several namespaces';
  const remedy = 'Say with --namespace which of them keeps the record.';
  problems.push({ code: 'NAMESPACE_AMBIGUOUS', subject: 'namespace', message, got: [...names], remedy });
  return '';
}

/** The object with its namespace and the release label. */
function place(object: KubeObject, release: string, home: string): KubeObject {
  const { metadata } = object;
  const placed = isClusterScoped(object) || metadata.namespace !== undefined;
  // The same object, so that what comes from a record is seen to be what is recorded without comparing it.
  if (placed && metadata.labels?.[RELEASE_LABEL] === release && !('stringData' in object)) return object;
  const namespace = isClusterScoped(object) ? {} : { namespace: metadata.namespace ?? home };
  return {
    ...encoded(object),
    metadata: { ...metadata, ...namespace, labels: { ...metadata.labels, [RELEASE_LABEL]: release } },
  };
}

/**
 * A Secret's `stringData` as `data`. The API server does the same when it stores it, but counts the fields of `stringData` as
 * owned, which are never there, so that nobody could tell later what was set.
 */
function encoded(object: KubeObject): KubeObject {
  const { stringData, ...rest } = object;
  if (object.kind !== 'Secret' || !isFields(stringData)) return object;
  const texts = Object.entries(stringData).map(([key, value]) => [key, Buffer.from(String(value)).toString('base64')] as const);
  const { apiVersion, kind, metadata } = object;
  return { ...rest, apiVersion, kind, metadata, data: { ...fieldsAt(object, 'data'), ...Object.fromEntries(texts) } };
}

function refuseDuplicates(
  placed: readonly { readonly object: KubeObject; readonly document: SourceDocument }[],
  problems: Problem[],
): void {
  const seen = new Map<string, string>();
  for (const { object, document } of placed) {
    const first = seen.get(keyOf(object));
    if (first === undefined) {
      seen.set(keyOf(object), document.file);
      continue;
    }
    const remedy = 'Keep one of them.';
    const message = 'the same object stands in the manifests twice';
    problems.push({ code: 'MANIFEST_DUPLICATE', subject: displayName(object), message, got: [first, document.file], remedy });
  }
}
