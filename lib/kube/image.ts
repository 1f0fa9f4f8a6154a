import type { PinnedTag } from './pinned-tag';
import type { Texts } from './texts';

export type { PinnedTag };

/** An image with a version: `redis:7.4.2-alpine`, or `registry.company.com/fraud-model@sha256:…`. */
export type PinnedImage = Texts['pinnedImage'];

/** The parts of an image reference. */
export interface ImageParts {
  /** Host and port of the registry; absent for Docker Hub's short names. */
  readonly registry?: string;
  readonly repository: string;
  readonly tag?: string;
  readonly digest?: string;
}

/** Splits an image reference like container runtimes: the first part is a registry if it has a dot or colon or is `localhost`. */
export function parseImage(image: string): ImageParts {
  const [name = '', digest] = image.split('@', 2);
  const slash = name.indexOf('/');
  const first = slash < 0 ? '' : name.slice(0, slash);
  const registry = /[.:]/.test(first) || first === 'localhost' ? first : undefined;
  const rest = registry === undefined ? name : name.slice(slash + 1);
  const colon = rest.lastIndexOf(':');
  return {
    ...(registry === undefined ? {} : { registry }),
    repository: colon < 0 ? rest : rest.slice(0, colon),
    ...(colon < 0 ? {} : { tag: rest.slice(colon + 1) }),
    ...(digest === undefined ? {} : { digest }),
  };
}

const DOMAIN =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*|\[[a-fA-F0-9:]+\])(?::\d+)?$/;
const COMPONENT = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/;
const LENGTHS: Readonly<Record<string, number | undefined>> = { sha256: 64, sha384: 96, sha512: 128 };

/**
 * The syntax error of an image reference; undefined when a container runtime can parse it.
 * @see https://pkg.go.dev/github.com/distribution/reference
 */
export function imageFault(image: string): string | undefined {
  if (/\s/.test(image)) return 'it has a space in it';
  if (/[${}<>]/.test(image)) return 'it has a placeholder in it';
  if (/^[a-z]+:\/\//i.test(image)) return 'it has a scheme in front';
  const [name = '', digest, ...more] = image.split('@');
  if (more.length > 0) return 'it has two digests';
  const [, algorithm = '', hex = ''] = /^([a-z0-9]+):(.*)$/.exec(digest ?? '') ?? [];
  const length = LENGTHS[algorithm];
  if (digest !== undefined && length === undefined) return 'its digest names no known algorithm';
  if (length !== undefined && !new RegExp(`^[a-f0-9]{${length}}$`).test(hex))
    return `its digest has not ${length} hexadecimal digits`;
  const { registry, repository, tag } = parseImage(name);
  if (registry !== undefined && !DOMAIN.test(registry)) return 'its registry is no host';
  if (repository.includes(':')) return 'it has two tags';
  if (/[A-Z]/.test(repository)) return 'its repository has capital letters';
  if (!repository.split('/').every((part) => COMPONENT.test(part))) return 'its repository is no path of lower-case names';
  if (tag !== undefined && !TAG.test(tag))
    return tag === '' ? 'its tag is empty' : 'its tag has characters that tags do not have';
  return undefined;
}

/** The same image from another registry; every image of a stack passes through here, so a registry prefix misses none. */
export function fromRegistry(image: string, registry: string | undefined): string {
  if (registry === undefined) return image;
  const { repository, tag, digest } = parseImage(image);
  return `${registry}/${repository}${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
}

/** Whether a tag names a version. */
export function isPinnedTag(tag: string): tag is PinnedTag {
  return /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}$/.test(tag) && /\d/.test(tag);
}

/** Whether an image has a version: a tag with a digit in it, or a digest. */
export function isPinnedImage(image: string): image is PinnedImage {
  const { repository, tag, digest } = parseImage(image);
  if (!/^[a-z0-9]+(?:[._/-]+[a-z0-9]+)*$/.test(repository)) return false;
  return digest === undefined ? tag !== undefined && isPinnedTag(tag) : /^sha256:[0-9a-f]{64}$/.test(digest);
}

/** The version of an image, valid as a label: its tag, or the first twelve digits of its digest. */
export function imageVersion(image: string): string {
  const { tag, digest } = parseImage(image);
  return tag ?? digest?.replace('sha256:', '').slice(0, 12) ?? '';
}
