import { type Problem, ServingError } from '../errors/problem';

/** Prefix of every reference to an artifact in a registry. */
const OCI_SCHEME = 'oci://';

/** The location of an artifact: a registry repository, and a tag or digest in it. */
export interface Reference {
  /** Host and port of the registry, `registry.company.com` or `127.0.0.1:5000`. */
  readonly registry: string;
  /** Path in the registry, `team/fraud-model`. */
  readonly repository: string;
  readonly tag?: string;
  /** `sha256:` and 64 hexadecimal digits. */
  readonly digest?: string;
}

const HOST = /^(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(?::\d{1,5})?$/;
const REPOSITORY = /^[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*$/;
const TAG = /^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Whether a path names an artifact in a registry instead of a file. */
function isReference(path: string): boolean {
  return path.startsWith(OCI_SCHEME);
}

/** Whether a text is a SHA-256 digest in registry format. */
export function isDigest(text: string): boolean {
  return DIGEST.test(text);
}

/**
 * Parses `oci://registry/repository:tag`, `…@sha256:…`, or both.
 * @throws ServingError REFERENCE_INVALID
 */
export function parseReference(text: string): Reference {
  if (!isReference(text)) throw invalid(text, 'does not name a registry', `${OCI_SCHEME}registry/repository:tag`);
  const rest = text.slice(OCI_SCHEME.length);
  const slash = rest.indexOf('/');
  const registry = rest.slice(0, Math.max(slash, 0));
  if (!HOST.test(registry)) throw invalid(text, 'has no valid registry host', `${OCI_SCHEME}registry.company.com/team/stack:tag`);
  const [name = '', digest, ...more] = rest.slice(slash + 1).split('@');
  const colon = name.indexOf(':');
  const repository = colon < 0 ? name : name.slice(0, colon);
  const tag = colon < 0 ? undefined : name.slice(colon + 1);
  if (!REPOSITORY.test(repository) || repository.length > 255)
    throw invalid(text, 'has no valid repository', 'lower-case letters, digits, and . _ - between them');
  if (tag !== undefined && !TAG.test(tag)) throw invalid(text, 'has no valid tag', 'letters, digits, and . _ -');
  if (more.length > 0 || (digest !== undefined && !isDigest(digest)))
    throw invalid(text, 'has no valid digest', 'sha256: and 64 hexadecimal digits');
  return { registry, repository, ...(tag === undefined ? {} : { tag }), ...(digest === undefined ? {} : { digest }) };
}

/** The reference as text. */
export function formatReference({ registry, repository, tag, digest }: Reference): string {
  const suffix = `${tag === undefined ? '' : `:${tag}`}${digest === undefined ? '' : `@${digest}`}`;
  return `${OCI_SCHEME}${registry}/${repository}${suffix}`;
}

/** Whether a host is the local machine: only there is HTTP without TLS accepted. */
export function isLoopback(registry: string): boolean {
  const host = registry.replace(/:\d+$/, '');
  return host === 'localhost' || host === '[::1]' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function invalid(subject: string, message: string, expected: string): ServingError {
  const problem: Problem = { code: 'REFERENCE_INVALID', subject, message, expected, remedy: 'Correct the reference.' };
  return new ServingError([problem]);
}
