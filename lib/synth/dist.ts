import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { type Problem, ServingError } from '../errors/problem';
import { isFields } from '../kube/fields';
import type { RenderedStack } from './render/render-stack';
import { discard, heal, type Prepared, prepare, replaceDirectory } from './replace-directory';

/** Contents of a rendered stack, in `dist/index.json`. */
interface IndexEntry {
  readonly modelVersion?: string;
  readonly images: readonly string[];
  /** SHA-256 by path inside the stack's directory. */
  readonly files: Readonly<Record<string, string>>;
}

/** `dist/index.json`: stacks by `environment/stack`. It alone determines which files in the directory are ours. */
export type DistIndex = Readonly<Record<string, IndexEntry>>;

/** One file that differs from what would be rendered now. */
export interface Difference {
  /** Path below the output directory. */
  readonly path: string;
  /** Kind of difference. */
  readonly kind: 'missing' | 'changed' | 'stale';
  /** Current content; empty if missing. */
  readonly before: string;
  /** Rendered content; empty if stale. */
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

/** Reads the index of an output directory; empty if there is none. */
function readIndex(outdir: string): DistIndex {
  const text = read(join(outdir, INDEX)) ?? '{}';
  const index = parse(text);
  if (isIndex(index)) return index;
  const subject = join(outdir, INDEX);
  const conflict = /^(<{7}|={7}|>{7})/m.test(text);
  const message = conflict ? 'holds merge conflict markers' : 'is not what synth writes, or names files outside of its directory';
  const remedy = conflict
    ? 'Take either side of the conflict, then run `serving synth`.'
    : 'Delete it, then run `serving synth`.';
  throw new ServingError([{ code: 'INDEX_INVALID', subject, message, remedy }]);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isIndex(value: unknown): value is DistIndex {
  if (!isFields(value)) return false;
  return Object.entries(value).every(([name, entry]) => {
    return isFields(entry) && isFields(entry.files) && Object.keys(entry.files).every((file) => isBelow(`${name}/${file}`));
  });
}

/** Whether a path stays inside its base directory. */
function isBelow(path: string): boolean {
  return path.split('/').every((step) => step !== '' && step !== '.' && step !== '..') && !/[\\\0]/.test(path);
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
 * Compares an output directory with the rendered stacks. `all`: whether everything was rendered, so that other stacks in the
 * index are stale; otherwise they are left alone.
 */
export function differences(outdir: string, stacks: readonly RenderedStack[], all: boolean): readonly Difference[] {
  refuseOutside(stacks);
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

/** Environment and stack names are directories; none may lead outside the output directory. */
function refuseOutside(stacks: readonly RenderedStack[]): void {
  const problems = stacks.flatMap(({ environment, stack, files }): Problem[] => {
    const names = [environment, stack].filter((name) => name.includes('/') || !isBelow(name));
    const paths = files.map(({ path }) => path).filter((path) => !isBelow(path));
    const remedy = 'Rename it; names are also directories.';
    return [...names, ...paths].map((subject) => {
      return { code: 'OUTPUT_PATH', subject, message: 'leads out of the output directory', remedy };
    });
  });
  if (problems.length > 0) throw new ServingError([...new Map(problems.map((one) => [one.subject, one])).values()]);
}

/**
 * Updates an output directory. Each stack's directory is built next to its destination before any is replaced. A full disk
 * therefore changes nothing, and a killed process leaves each directory old, new, or missing; the next call repairs it. Other
 * files are left alone. Links are replaced, not followed.
 */
export function writeDist(outdir: string, changes: readonly Difference[]): void {
  const prepared: Prepared[] = [];
  const index = changes.find(({ path }) => path === INDEX);
  const temporary = join(outdir, `${INDEX}.${randomBytes(6).toString('hex')}`);
  try {
    for (const [directory, inside] of byDirectory(changes)) {
      const target = join(outdir, directory);
      mkdirSync(dirname(target), { recursive: true });
      refuseLink(outdir, dirname(target));
      if (existsSync(target)) refuseLink(outdir, target);
      prepared.push(prepare(target, inside));
    }
    if (index !== undefined) {
      mkdirSync(outdir, { recursive: true });
      writeFileSync(temporary, index.after, { flag: 'wx' });
    }
  } catch (error) {
    for (const one of prepared) discard(one);
    rmSync(temporary, { force: true });
    throw error;
  }
  for (const one of prepared) {
    replaceDirectory(one);
    if (!existsSync(one.target)) removeEmpty(dirname(one.target), outdir);
  }
  if (index !== undefined) renameSync(temporary, join(outdir, INDEX));
}

/** Restores or removes what a killed synth has left behind. */
export function healDist(outdir: string): void {
  const index = new RegExp(`^${INDEX.replace('.', '\\.')}\\.[0-9a-f]{12}$`);
  for (const entry of existsSync(outdir) ? readdirSync(outdir, { withFileTypes: true }) : []) {
    if (entry.isDirectory()) heal(join(outdir, entry.name));
    else if (index.test(entry.name)) rmSync(join(outdir, entry.name));
  }
}

/** Groups changes by stack directory. */
function byDirectory(changes: readonly Difference[]): ReadonlyMap<string, ReadonlyMap<string, string | undefined>> {
  const directories = new Map<string, Map<string, string | undefined>>();
  for (const { path, kind, after } of changes) {
    if (path === INDEX) continue;
    const [environment = '', stack = '', ...rest] = path.split('/');
    const directory = `${environment}/${stack}`;
    const inside = directories.get(directory) ?? new Map<string, string | undefined>();
    inside.set(rest.join('/'), kind === 'stale' ? undefined : after);
    directories.set(directory, inside);
  }
  return directories;
}

/** Refuses a directory below the output directory that is a link. */
function refuseLink(outdir: string, folder: string): void {
  const [top, there] = [realpathSync(outdir), realpathSync(folder)];
  if (there === top || there.startsWith(`${top}${sep}`)) return;
  const message = 'is a link that leads out of the output directory';
  throw new ServingError([{ code: 'OUTPUT_PATH', subject: folder, message, remedy: 'Remove the link.' }]);
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
