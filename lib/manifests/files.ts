import { existsSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join, sep } from 'node:path';
import { nearestName } from '../errors/nearest';
import type { Problem } from '../errors/problem';
import { GATES_FOLDER } from '../kube/contract';
import { type Decoded, decode } from './text';

/** One manifest file, as read. */
export interface SourceFile {
  /** Path relative to the requested one, `50-model.k8s.yaml` or `gates/validate.k8s.yaml`. */
  readonly file: string;
  /** Its content, with LF line breaks and without a byte order mark. */
  readonly text: string;
}

/** The manifest files at a path. */
export interface ManifestFiles {
  /** The requested path. */
  readonly path: string;
  /** Files, sorted by name. */
  readonly files: readonly SourceFile[];
  /** Subdirectories with manifests that were not read. */
  readonly unread: readonly string[];
  /** Files that cannot be read. */
  readonly problems: readonly Problem[];
  /** The artifact they come from, with its digest. @default - none: they are files */
  readonly artifact?: string;
  /** Fingerprint of the public key that signed the artifact. @default - not verified */
  readonly signedBy?: string;
}

/** Options for reading a directory. */
export interface ReadOptions {
  /** Whether to read subdirectories too, as `kubectl apply -R` does. @default false */
  readonly recursive?: boolean;
  /** Content read before, such as artifacts from a registry, by path. @default - none */
  readonly sources?: ReadonlyMap<string, ManifestFiles>;
}

const MANIFEST = /\.(ya?ml|json)$/;
/** The index that `synth` writes at the top of its output. */
const INDEX = 'index.json';
/** More than any directory of manifests contains; the API server accepts 3 MiB at a time. */
const LARGEST = 64 * 1024 * 1024;

/** Reads a file, or the YAML and JSON files of a directory and its `gates` subdirectory, in the way of `kubectl apply -f`. */
export function readFiles(path: string, options: ReadOptions = {}): ManifestFiles {
  const before = options.sources?.get(path);
  if (before !== undefined) return before;
  const reader = new Reader(path, options.recursive === true);
  if (!existsSync(path) && !isLink(path)) reader.refuseMissing();
  else if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) reader.directory('');
  else reader.file('');
  return reader;
}

class Reader implements ManifestFiles {
  readonly files: SourceFile[] = [];
  readonly unread: string[] = [];
  readonly problems: Problem[] = [];
  readonly path: string;
  private readonly recursive: boolean;

  constructor(path: string, recursive: boolean) {
    [this.path, this.recursive] = [path, recursive];
  }

  directory(folder: string): void {
    const entries = readdirSync(join(this.path, folder)).sort();
    const below: string[] = [];
    for (const name of entries) {
      const inner = join(folder, name);
      // Like kubectl, does not follow a link to a directory.
      if (lstatSync(join(this.path, inner)).isDirectory()) below.push(inner);
      else if (MANIFEST.test(name) && !(name === INDEX && isIndex(join(this.path, inner)))) this.file(inner);
    }
    for (const inner of below) {
      if (this.recursive || isGates(inner)) this.directory(inner);
      else if (MANIFEST.test(inner)) this.refuse(inner, 'is a directory', 'Rename it, or read it too with --recursive.');
      else if (holdsManifests(join(this.path, inner))) this.unread.push(inner);
    }
  }

  file(name: string): void {
    const decoded = readText(join(this.path, name));
    if ('text' in decoded) this.files.push({ file: name === '' ? basename(this.path) : name, text: decoded.text });
    else this.refuse(name, decoded.fault, 'Correct it, or keep only files of manifests here.');
  }

  refuseMissing(): void {
    const nearest = nearestPath(this.path);
    const remedy = 'Give the directory that `synth` has written, or a file of manifests.';
    const message = 'there is no such file or directory';
    this.problems.push({
      ...{ code: 'MANIFESTS_MISSING', subject: this.path, message, remedy },
      ...(nearest === undefined ? {} : { nearest }),
    });
  }

  private refuse(name: string, message: string, remedy: string): void {
    this.problems.push({ code: 'MANIFEST_UNREADABLE', subject: join(this.path, name), message, remedy });
  }
}

function readText(path: string): Decoded {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) return { fault: 'is a link to a file that does not exist' };
  if (found.isDirectory()) return { fault: 'is a link to a directory' };
  // A pipe or a socket could block a release indefinitely.
  if (!found.isFile()) return { fault: 'is no regular file' };
  if (found.size > LARGEST) return { fault: `is larger than ${LARGEST / 1024 / 1024} MiB` };
  try {
    return decode(readFileSync(path));
  } catch (error) {
    return { fault: `cannot be read: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}` };
  }
}

/** The gates, including those that an agent runs after the stack. */
function isGates(directory: string): boolean {
  return directory.split(sep)[0] === GATES_FOLDER;
}

function isLink(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

function holdsManifests(directory: string): boolean {
  return readdirSync(directory, { withFileTypes: true }).some((entry) =>
    entry.isDirectory() ? holdsManifests(join(directory, entry.name)) : MANIFEST.test(entry.name),
  );
}

function isIndex(path: string): boolean {
  try {
    const index: unknown = JSON.parse(readFileSync(path, 'utf8'));
    const entries: unknown[] = typeof index === 'object' && index !== null ? Object.values(index) : [];
    return entries.length > 0 && entries.every((entry) => typeof entry === 'object' && entry !== null && 'files' in entry);
  } catch {
    return false;
  }
}

/** An existing path, with the misspelled part replaced by the nearest name. */
function nearestPath(path: string): string | undefined {
  const above = dirname(path);
  if (above === path) return undefined;
  const folder = existsSync(above) ? above : nearestPath(above);
  if (folder === undefined || !statSync(folder).isDirectory()) return undefined;
  const name = existsSync(join(folder, basename(path))) ? basename(path) : nearestName(basename(path), readdirSync(folder));
  return name === undefined ? undefined : join(folder, name);
}
