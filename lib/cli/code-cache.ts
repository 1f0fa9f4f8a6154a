import { createHash } from 'node:crypto';
import { fstatSync, mkdirSync, openSync, readSync, renameSync, writeFileSync } from 'node:fs';
import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';

/** Above so many bytes, what this run has not used is forgotten. */
const LIMIT = 8 * 2 ** 20;

type Compile = (this: NodeJS.Module, content: string, filename: string) => unknown;

/**
 * Keeps the compiled code of all modules between runs, which takes a seventh off a synth. Node.js has it built in since 22.1; for older
 * ones it is done here, because the usual package keeps only what is compiled at once and gains nothing. Code is found by its digest,
 * never by its name or time. A cache that cannot be read or written is as good as none.
 * @see https://nodejs.org/api/module.html#module-compile-cache
 */
export function useCodeCache(folder: string): void {
  if (process.env.NODE_DISABLE_COMPILE_CACHE !== undefined) return;
  const builtIn: unknown = Reflect.get(Module, 'enableCompileCache');
  if (typeof builtIn === 'function') builtIn(folder);
  else hookInto(join(folder, `${process.version}-${process.arch}.bin`));
}

function hookInto(file: string): void {
  const known = open(file);
  const used = new Map<string, Buffer | Script>();
  const original: Compile = Reflect.get(Module.prototype, '_compile');
  const compile: Compile = function (content, filename) {
    // Only Node.js itself knows how to import from there.
    if (/\bimport\s*\(/.test(content)) return Reflect.apply(original, this, [content, filename]);
    const code = content.startsWith('#!') ? `//${content}` : content;
    const digest = createHash('sha1').update(code).digest('hex');
    const cachedData = known.get(digest);
    const script = new Script(`(function (exports, require, module, __filename, __dirname) { ${code}\n})`, {
      filename,
      ...(cachedData === undefined ? {} : { cachedData }),
    });
    used.set(digest, cachedData === undefined || script.cachedDataRejected === true ? script : cachedData);
    const run: Compile = script.runInThisContext();
    return Reflect.apply(run, this.exports, [this.exports, createRequire(filename), this, filename, dirname(filename)]);
  };
  Reflect.set(Module.prototype, '_compile', compile);
  process.on('exit', () => {
    if ([...used.values()].some((one) => one instanceof Script)) write(file, known, used);
  });
}

/** Compiled code by the digest of its source. */
interface Kept {
  readonly size: number;
  get(digest: string): Buffer | undefined;
  all(): Iterable<readonly [digest: string, code: Buffer]>;
}

const NOTHING: Kept = { size: 0, get: () => undefined, all: () => [] };

/** Reads of a file only what is asked for: the code of the other commands is in it, too. */
function open(file: string): Kept {
  try {
    const descriptor = openSync(file, 'r');
    const { size } = fstatSync(descriptor);
    const part = (at: number, length: number): Buffer => {
      if (at + length > size) throw new Error('cut off');
      const bytes = Buffer.allocUnsafe(length);
      readSync(descriptor, bytes, 0, length, at);
      return bytes;
    };
    let end = 4 + part(0, 4).readUInt32LE(0);
    const index: readonly (readonly [digest: string, length: number])[] = JSON.parse(part(4, end - 4).toString());
    const places = new Map(
      index.map(([digest, length]): [string, readonly [number, number]] => {
        end += length;
        return [digest, [end - length, length]];
      }),
    );
    if (end !== size) return NOTHING;
    return {
      size,
      get: (digest) => {
        const place = places.get(digest);
        return place && part(...place);
      },
      all: () => [...places].map(([digest, place]) => [digest, part(...place)] as const),
    };
  } catch {
    return NOTHING;
  }
}

/** At the end, when everything that a run needs has been compiled. */
function write(file: string, known: Kept, used: ReadonlyMap<string, Buffer | Script>): void {
  try {
    const fresh = [...used].map(([digest, one]): [string, Buffer] => [
      digest,
      one instanceof Script ? one.createCachedData() : one,
    ]);
    const all = new Map([...(known.size > LIMIT ? [] : known.all()), ...fresh]);
    const text = Buffer.from(JSON.stringify([...all].map(([digest, { length }]) => [digest, length])));
    const head = Buffer.alloc(4);
    head.writeUInt32LE(text.length);
    mkdirSync(dirname(file), { recursive: true });
    const mine = `${file}.${process.pid}`;
    writeFileSync(mine, Buffer.concat([head, text, ...all.values()]));
    renameSync(mine, file);
  } catch {
    // Next time, then.
  }
}
