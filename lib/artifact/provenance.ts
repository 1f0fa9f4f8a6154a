import { execFileSync } from 'node:child_process';
import { MODEL_VERSION_ANNOTATION, RELEASE_LABEL, TOOL } from '../kube/contract';
import { textAt } from '../kube/fields';
import { displayName, type KubeObject } from '../kube/object';

/** The origin of a directory, where git knows it. */
export interface Provenance {
  /** URL of the repository, without credentials. */
  readonly source?: string;
  /** Commit that last changed the directory. */
  readonly revision?: string;
  /** Time of that commit, RFC 3339 in UTC. */
  readonly created?: string;
  /** Why revision and time are unknown, if they are. */
  readonly unknown?: string;
}

/**
 * Finds the commit that last changed a directory. Later commits elsewhere do not affect it, so the same directory stays the same
 * artifact. A directory with uncommitted changes matches no commit, and a shallow clone may not contain the commit.
 */
export function provenanceOf(directory: string): Provenance {
  const git = (...args: readonly string[]) => {
    try {
      const stdio: ['ignore', 'pipe', 'ignore'] = ['ignore', 'pipe', 'ignore'];
      return execFileSync('git', ['-C', directory, ...args], { encoding: 'utf8', stdio, maxBuffer: 16 * 1024 * 1024 }).trim();
    } catch {
      return undefined;
    }
  };
  if (git('rev-parse', '--is-inside-work-tree') !== 'true') return { unknown: 'it is in no git repository' };
  const origin = git('remote', 'get-url', 'origin');
  const source = origin === undefined ? undefined : publicUrl(origin);
  const known = source === undefined ? {} : { source };
  if (git('status', '--porcelain', '--', '.') !== '') return { ...known, unknown: 'it has uncommitted changes' };
  const [revision = '', time = ''] = (git('log', '-1', '--format=%H %ct', '--', '.') ?? '').split(' ');
  if (revision === '') return { ...known, unknown: 'no commit has it' };
  const boundary =
    git('rev-parse', '--is-shallow-repository') === 'true' && git('rev-parse', '--verify', `${revision}^`) === undefined;
  if (boundary) return { ...known, unknown: 'the clone is shallow; fetch the whole history' };
  return { ...known, revision, created: new Date(Number(time) * 1_000).toISOString().replace('.000Z', 'Z') };
}

/** A remote's URL in one form for all clone methods, without user, password or token. */
export function publicUrl(remote: string): string | undefined {
  const scp = /^(?:[^@/:]+@)?([A-Za-z0-9.-]+):(?!\/\/)([^:]+)$/.exec(remote);
  if (scp !== null) return publicUrl(`ssh://${scp[1]}/${scp[2]}`);
  if (!URL.canParse(remote)) return undefined;
  const { protocol, hostname, port, pathname } = new URL(remote);
  if (!['https:', 'http:', 'ssh:', 'git:'].includes(protocol) || hostname === '') return undefined;
  // SSH ports differ from HTTPS ports.
  const host = port === '' || !protocol.startsWith('http') ? hostname : `${hostname}:${port}`;
  return `https://${host}${pathname.replace(/\/+$/, '').replace(/\.git$/, '')}`;
}

/** The annotations of an artifact: its origin, its release, and its models. */
export function annotationsOf(objects: readonly KubeObject[], { source, revision, created }: Provenance): Record<string, string> {
  const releases = [...new Set(objects.flatMap(({ metadata }) => metadata.labels?.[RELEASE_LABEL] ?? []))].sort();
  const models = objects.flatMap((object) => {
    const version = textAt(object, 'metadata', 'annotations', MODEL_VERSION_ANNOTATION);
    return version === undefined ? [] : [`${displayName(object)}=${version}`];
  });
  return {
    ...(source === undefined ? {} : { 'org.opencontainers.image.source': source }),
    ...(revision === undefined ? {} : { 'org.opencontainers.image.revision': revision }),
    ...(created === undefined ? {} : { 'org.opencontainers.image.created': created }),
    ...(releases.length === 0 ? {} : { [`${TOOL}/release`]: releases.join(',') }),
    ...(models.length === 0 ? {} : { [`${TOOL}/model-versions`]: [...new Set(models)].sort().join(',') }),
  };
}
