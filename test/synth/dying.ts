import fs from 'node:fs';
import { differences, healDist, writeDist } from '../../lib/synth/dist';
import type { RenderedStack } from '../../lib/synth/render/render-stack';

/** A synth whose process dies, or whose disk is full, at the n-th change of the file system. Prints how many changes there were. */
const [outdir = '', stacks = '', moment = '0', how = 'kill'] = process.argv.slice(2);
const NAMES = ['mkdirSync', 'writeFileSync', 'linkSync', 'copyFileSync', 'renameSync', 'rmSync', 'rmdirSync'] as const;
let count = 0;
for (const name of NAMES) {
  const original = fs[name] as (...args: readonly unknown[]) => unknown;
  Object.assign(fs, {
    [name]: (...args: readonly unknown[]) => {
      if (++count !== Number(moment)) return original(...args);
      // Half of a file may be there by then.
      if (name === 'writeFileSync') original(args[0], String(args[1]).slice(0, 3));
      if (how === 'kill') process.kill(process.pid, 'SIGKILL');
      throw Object.assign(new Error(how), { code: how });
    },
  });
}
try {
  healDist(outdir);
  writeDist(outdir, differences(outdir, JSON.parse(stacks) as readonly RenderedStack[], true));
} catch (error) {
  if ((error as NodeJS.ErrnoException).code !== how) throw error;
}
process.stdout.write(String(count));
