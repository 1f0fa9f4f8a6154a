/** One file of an artifact. */
export interface ArtifactFile {
  /** Path inside the artifact, with forward slashes. */
  readonly path: string;
  readonly content: Buffer;
}

const BLOCK = 512;

/**
 * Writes a tar archive (ustar) with bytes that depend only on paths and contents: entries sorted by path, no times, no owners,
 * fixed modes.
 * @throws RangeError for a path that ustar cannot hold
 */
export function tar(files: readonly ArtifactFile[]): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const directories = new Set(sorted.flatMap(({ path }) => parentsOf(path)));
  const entries = [
    ...[...directories].map((path) => ({ path: `${path}/`, content: Buffer.alloc(0), type: '5', mode: 0o755 })),
    ...sorted.map((file) => ({ ...file, type: '0', mode: 0o644 })),
  ].sort((a, b) => (a.path < b.path ? -1 : 1));
  const blocks = entries.flatMap(({ path, content, type, mode }) => [
    header(path, content.length, type, mode),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

function parentsOf(path: string): readonly string[] {
  const steps = path.split('/').slice(0, -1);
  return steps.map((_, index) => steps.slice(0, index + 1).join('/'));
}

function header(path: string, size: number, type: string, mode: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  const [prefix, name] = split(path);
  block.write(name, 0, 100, 'utf8');
  block.write(octal(mode, 7), 100);
  block.write(octal(0, 7), 108); // user
  block.write(octal(0, 7), 116); // group
  block.write(octal(size, 11), 124);
  block.write(octal(0, 11), 136); // time
  block.write(' '.repeat(8), 148); // checksum, counted as spaces
  block.write(type, 156);
  block.write('ustar\u000000', 257, 'latin1');
  block.write(prefix, 345, 155, 'utf8');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${octal(sum, 6)}\0 `, 148, 'latin1');
  return block;
}

/** Splits a path at a slash into the two fields of a ustar header. */
function split(path: string): readonly [prefix: string, name: string] {
  if (Buffer.byteLength(path) <= 100) return ['', path];
  for (let slash = path.indexOf('/'); slash >= 0 && slash < path.length - 1; slash = path.indexOf('/', slash + 1)) {
    const [prefix, name] = [path.slice(0, slash), path.slice(slash + 1)];
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return [prefix, name];
  }
  throw new RangeError(`${path}: too long for a tar archive`);
}

function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0');
}
