import { mkdirSync, readFileSync, renameSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { RenderedStack } from './render';

/** What a rendered stack consists of, in `dist/index.json`. */
interface IndexEntry {
  readonly modelVersion?: string;
  readonly images: readonly string[];
  /** SHA-256 by path inside the stack's folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** `dist/index.json`: stacks by `environment/stack`. Which files of the folder are ours is told by it, and by nothing else. */
export type DistIndex = Readonly<Record<string, IndexEntry>>;

/** One file that is not as it would be rendered now. */
export interface Difference {
  /** Path below the output folder. */
  readonly path: string;
  /** What has become of the file. */
  readonly kind: 'missing' | 'changed' | 'stale';
  /** What is there; empty when missing. */
  readonly before: string;
  /** What would be there; empty when stale. */
  readonly after: string;
}

const INDEX = 'index.json';

function read(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}

/** The index of an output folder; empty when there is none. */
export function readIndex(outdir: string): DistIndex {
  return JSON.parse(read(join(outdir, INDEX)) ?? '{}') as DistIndex;
}

function indexOf(stacks: readonly RenderedStack[], kept: DistIndex): DistIndex {
  const ours = stacks.map(({ environment, stack, files, images, modelVersion }) => {
    const digests = Object.fromEntries(files.map(({ path, digest }) => [path, digest]));
    return [
      `${environment}/${stack}`,
      { ...(modelVersion === undefined ? {} : { modelVersion }), images, files: digests },
    ] as const;
  });
  const entries = [...new Map([...Object.entries(kept), ...ours])];
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

/**
 * How an output folder differs from what is rendered now. `all` says that everything was rendered, so that what the index has besides
 * is stale; otherwise the other stacks are left alone.
 */
export function differences(outdir: string, stacks: readonly RenderedStack[], all: boolean): readonly Difference[] {
  const old = readIndex(outdir);
  const names = new Set(stacks.map(({ environment, stack }) => `${environment}/${stack}`));
  const wanted = new Map(
    stacks.flatMap(({ environment, stack, files }) =>
      files.map((file) => [`${environment}/${stack}/${file.path}`, file.content]),
    ),
  );
  const kept = Object.fromEntries(Object.entries(old).filter(([name]) => !all && !names.has(name)));
  wanted.set(INDEX, `${JSON.stringify(indexOf(stacks, kept), null, 2)}\n`);
  const changed = [...wanted].flatMap(([path, after]): readonly Difference[] => {
    const before = read(join(outdir, path));
    if (before === after) return [];
    return [{ path, kind: before === undefined ? 'missing' : 'changed', before: before ?? '', after }];
  });
  const stale = Object.entries(old)
    .filter(([name]) => all || names.has(name))
    .flatMap(([name, { files }]) => Object.keys(files).map((file) => `${name}/${file}`))
    .flatMap((path): readonly Difference[] => {
      const before = wanted.has(path) ? undefined : read(join(outdir, path));
      return before === undefined ? [] : [{ path, kind: 'stale', before, after: '' }];
    });
  return [...changed, ...stale];
}

/** Brings an output folder up to date: changed files whole or not at all, stale ones removed, everything else left alone. */
export function writeDist(outdir: string, changes: readonly Difference[]): void {
  for (const { path, kind, after } of changes) {
    const target = join(outdir, path);
    if (kind === 'stale') {
      rmSync(target);
      removeEmpty(dirname(target), outdir);
      continue;
    }
    mkdirSync(dirname(target), { recursive: true });
    const temporary = `${target}.new`;
    writeFileSync(temporary, after);
    renameSync(temporary, target);
  }
}

function removeEmpty(folder: string, top: string): void {
  if (folder === top || folder.length < top.length) return;
  try {
    rmdirSync(folder);
  } catch {
    return;
  }
  removeEmpty(dirname(folder), top);
}
