import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
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
  const known = read(file);
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

function read(file: string): ReadonlyMap<string, Buffer> {
  try {
    const all = readFileSync(file);
    let at = 4 + all.readUInt32LE(0);
    const index = JSON.parse(all.toString('utf8', 4, at)) as readonly (readonly [digest: string, length: number])[];
    const entries = new Map<string, Buffer>();
    for (const [digest, length] of index) {
      entries.set(digest, all.subarray(at, at + length));
      at += length;
    }
    return entries;
  } catch {
    return new Map();
  }
}

/** At the end, when everything that a run needs has been compiled. */
function write(file: string, known: ReadonlyMap<string, Buffer>, used: ReadonlyMap<string, Buffer | Script>): void {
  try {
    const fresh = [...used].map(([digest, one]): [string, Buffer] => [
      digest,
      one instanceof Script ? one.createCachedData() : one,
    ]);
    const size = [...known.values()].reduce((sum, { length }) => sum + length, 0);
    const all = new Map([...(size > LIMIT ? [] : known), ...fresh]);
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
