import { type Problem, ServingError } from '../errors/problem';
import type { ArtifactFile } from './tar';

/** Limits for unpacking an archive. */
export interface UnpackLimits {
  /** Total bytes of all files. */
  readonly bytes: number;
  /** Number of entries. */
  readonly entries: number;
}

const BLOCK = 512;

/**
 * Reads a tar archive from an untrusted source. Accepts only regular files and directories with relative paths: no links, no
 * devices, no `..`, no absolute paths, no duplicate paths.
 * @throws ServingError ARTIFACT_INVALID
 */
export function untar(archive: Buffer, subject: string, limits: UnpackLimits): readonly ArtifactFile[] {
  const fault = (message: string, got?: string) => {
    const remedy = 'Push the directory again with `serving push`.';
    const problem: Problem = { code: 'ARTIFACT_INVALID', subject, message, remedy, ...(got === undefined ? {} : { got }) };
    return new ServingError([problem]);
  };
  const files = new Map<string, Buffer>();
  const directories = new Set<string>();
  let longName: string | undefined;
  let bytes = 0;
  let entries = 0;
  for (let offset = 0; ; ) {
    const block = archive.subarray(offset, offset + BLOCK);
    if (block.length < BLOCK) throw fault('the archive ends within an entry');
    if (block.every((byte) => byte === 0)) break;
    if (!hasChecksum(block)) throw fault('the archive has a damaged header');
    const size = sizeOf(block);
    if (size === undefined) throw fault('an entry of the archive has no readable size');
    const content = archive.subarray(offset + BLOCK, offset + BLOCK + size);
    if (content.length < size) throw fault('the archive ends within an entry');
    offset += BLOCK + Math.ceil(size / BLOCK) * BLOCK;
    entries += 1;
    bytes += size;
    if (entries > limits.entries) throw fault(`the archive has more than ${limits.entries} entries`);
    if (bytes > limits.bytes) throw fault(`the archive unpacks to more than ${limits.bytes} bytes`);
    const type = String.fromCharCode(block[156] ?? 0);
    if (type === 'g') continue;
    if (type === 'x' || type === 'L') {
      longName = type === 'L' ? text(content) : (paxPath(content) ?? longName);
      continue;
    }
    const name = longName ?? nameOf(block);
    longName = undefined;
    if (type !== '0' && type !== '\0' && type !== '5') throw fault(`the archive holds ${kindOf(type)}`, name);
    const path = name.replace(/^(?:\.\/)+/, '').replace(/\/+$/, '');
    if (path === '' || path === '.') {
      if (type === '5') continue;
      throw fault('the archive holds a file without a name');
    }
    if (!isSafe(path)) throw fault('a path leads out of the archive', name);
    if (type === '5') directories.add(path);
    else if (files.has(path)) throw fault('the archive holds a path twice', path);
    else files.set(path, content);
  }
  for (const path of files.keys()) {
    const parents = path.split('/').map((_, index, steps) => steps.slice(0, index).join('/'));
    const conflict = parents.find((parent) => files.has(parent)) ?? (directories.has(path) ? path : undefined);
    if (conflict !== undefined) throw fault('a path is both a file and a directory', conflict);
  }
  return [...files].map(([path, content]) => ({ path, content })).sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Whether a path stays inside the target directory, on every system and in every terminal. */
function isSafe(path: string): boolean {
  if (path.startsWith('/') || /[\\\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u.test(path) || /^[A-Za-z]:/.test(path)) return false;
  return path.split('/').every((step) => step !== '' && step !== '.' && step !== '..');
}

function hasChecksum(block: Buffer): boolean {
  const expected = octal(block.subarray(148, 156));
  const sum = block.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 32 : byte), 0);
  return expected === sum;
}

function sizeOf(block: Buffer): number | undefined {
  return octal(block.subarray(124, 136));
}

function octal(field: Buffer): number | undefined {
  const digits = text(field).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : undefined;
}

function nameOf(block: Buffer): string {
  const name = text(block.subarray(0, 100));
  // Only POSIX headers have a prefix; GNU tar stores times there.
  const prefix = block.toString('latin1', 257, 263) === 'ustar\0' ? text(block.subarray(345, 500)) : '';
  return prefix === '' ? name : `${prefix}/${name}`;
}

/** The path in a PAX header: records of `length key=value`. */
function paxPath(records: Buffer): string | undefined {
  let path: string | undefined;
  for (let offset = 0; offset < records.length; ) {
    const space = records.indexOf(0x20, offset);
    const length = Number(records.toString('latin1', offset, Math.max(space, offset)));
    if (space < 0 || !Number.isInteger(length) || length <= 0) return path;
    const record = records.toString('utf8', space + 1, offset + length - 1);
    if (record.startsWith('path=')) path = record.slice('path='.length);
    offset += length;
  }
  return path;
}

function text(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end < 0 ? field.length : end);
}

function kindOf(type: string): string {
  if (type === '1' || type === '2') return 'a link';
  if (type === '3' || type === '4' || type === '6') return 'a device or pipe';
  return 'an entry that is neither file nor directory';
}
