import { type Problem, ServingError } from '../errors/problem';
import { RELEASE_LABEL } from '../kube/contract';
import { textAt } from '../kube/fields';
import { defines, type Scope, scopeInTable } from '../kube/kinds';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import { documentsOf, type SourceDocument } from './document';
import type { ManifestFiles, ReadOptions } from './files';
import { type Gate, splitGates } from './gates';
import { objectsOf } from './objects-of';
import { place } from './place';
import { noObjects, unreadDirectories } from './read';

/** The release of the manifests, where they do not name it themselves. */
export interface LoadOptions extends ReadOptions {
  /** The release's name, when the manifests carry no release label. @default - the release label of the manifests */
  readonly release?: string;
  /** The namespace of the release, and of objects that name none. @default - the manifests' own */
  readonly namespace?: string;
  /** The namespace when neither `namespace` nor the manifests name one. @default 'default' */
  readonly fallbackNamespace?: string;
}

/** A release as described by its manifests. */
export interface Desired {
  /** The release. */
  readonly release: string;
  /** The namespace of the record, and of objects without a namespace. */
  readonly namespace: string;
  /** The wanted objects, with the release label, sorted by key. */
  readonly objects: readonly KubeObject[];
  /** Its gates, in execution order. */
  readonly gates: readonly Gate[];
  /** Probable mistakes that do not prevent reading. @default - none */
  readonly warnings?: readonly Problem[];
  /** The artifact it comes from, with its digest. @default - none */
  readonly artifact?: string;
  /** Fingerprint of the public key that signed the artifact. @default - not verified */
  readonly signedBy?: string;
}

/** Reads a directory of manifests (or one file). Throws all problems together. */
export async function load(
  path: string,
  host: { read(path: string, options?: ReadOptions): ManifestFiles },
  options: LoadOptions = {},
): Promise<Desired> {
  return resolve(host.read(path, options), options);
}

/** Guesses release and namespace without parsing; `resolve` decides. */
export function guess({ files }: Pick<ManifestFiles, 'files'>, options: LoadOptions): LoadOptions {
  const find = (pattern: RegExp) => files.map(({ text }) => pattern.exec(text)?.[1]).find((found) => found !== undefined);
  const release = options.release ?? find(/^ +["']?cdk8s-serving\/release["']?: *["']?([\w.-]+)/m);
  const namespace =
    options.namespace ?? find(/^ {2,4}["']?namespace["']?: *["']?([\w-]+)/m) ?? options.fallbackNamespace ?? 'default';
  return { ...(release === undefined ? {} : { release }), namespace };
}

/** Determines the scope of an object's kind; undefined when unknown. */
export type ScopeOf = (object: KubeObject) => Promise<Scope | undefined>;

/** Without a cluster, only the kinds that every cluster has are known. */
const offlineScope: ScopeOf = async (object) => scopeInTable(object);

/** The scope of each kind among some objects: from their own CRDs, otherwise looked up once per kind. */
async function scopesOf(objects: readonly KubeObject[], scopeOf: ScopeOf): Promise<(object: KubeObject) => Scope | undefined> {
  const keyed = (object: KubeObject) => `${object.apiVersion} ${object.kind}`;
  const definitions = objects.filter(({ kind }) => kind === 'CustomResourceDefinition');
  const kinds = new Map(objects.map((object) => [keyed(object), object]));
  const found = [...kinds].map(async ([key, object]) => {
    const own = textAt(
      definitions.find((definition) => defines(definition, object)),
      'spec',
      'scope',
    );
    return [key, own === 'Cluster' || own === 'Namespaced' ? own : await scopeOf(object)] as const;
  });
  const scopes = new Map(await Promise.all(found));
  return (object) => scopes.get(keyed(object));
}

/** Converts files to a release. */
export async function resolve(read: ManifestFiles, options: LoadOptions, scopeOf: ScopeOf = offlineScope): Promise<Desired> {
  const problems: Problem[] = [...read.problems];
  const warnings: Problem[] = [...unreadDirectories(read)];
  const raw: { readonly object: KubeObject; readonly document: SourceDocument }[] = [];
  for (const document of read.files.flatMap(documentsOf)) {
    const found = await parse(document, problems, warnings);
    for (const object of found) raw.push({ object, document });
  }
  if (raw.length + problems.length === 0) problems.push(noObjects(read));
  if (raw.length === 0) throw new ServingError(problems);
  const all = raw.map(({ object }) => object);
  const release = options.release ?? releaseOf(all, problems);
  const namespace = options.namespace ?? namespaceOf(all, options.fallbackNamespace ?? 'default', problems);
  const scopes = await scopesOf(all, scopeOf);
  const home = { release, namespace };
  const placed = raw.map(({ object, document }) => ({ object: place(object, home, scopes(object), warnings), document }));
  refuseDuplicates(placed, problems);
  const { objects, gates } = splitGates(
    placed.map(({ object }) => object),
    problems,
    warnings,
  );
  if (problems.length > 0) throw new ServingError(problems);
  const inOrder = [...objects].sort((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  const { artifact, signedBy } = read;
  const origin = { ...(artifact === undefined ? {} : { artifact }), ...(signedBy === undefined ? {} : { signedBy }) };
  return { release, namespace, objects: inOrder, gates, warnings, ...origin };
}

async function parse(document: SourceDocument, problems: Problem[], warnings: Problem[]): Promise<readonly KubeObject[]> {
  const found = await objectsOf(document);
  problems.push(...found.problems);
  warnings.push(...found.warnings);
  return found.objects;
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
    const message = 'the same object appears in the manifests twice';
    problems.push({ code: 'MANIFEST_DUPLICATE', subject: displayName(object), message, got: [first, document.file], remedy });
  }
}

/** The namespaces that are part of the release, by name. */
export function namespacesIn({ objects }: Pick<Desired, 'objects'>): ReadonlyMap<string, KubeObject> {
  const namespaces = objects.filter(({ apiVersion, kind }) => apiVersion === 'v1' && kind === 'Namespace');
  return new Map(namespaces.map((object) => [object.metadata.name, object]));
}
