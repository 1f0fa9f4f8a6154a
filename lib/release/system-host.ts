import { randomBytes } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { systemClock } from '../client/clock';
import { nearestName } from '../errors/nearest';
import { ServingError } from '../errors/problem';
import { GATES_FOLDER } from '../kube/contract';
import type { Host, SourceFile } from './model/host';

const MANIFEST = /\.(ya?ml|json)$/;

/** The machine itself. */
export function systemHost(): Host {
  const here = machine();
  return {
    now: () => Date.now(),
    uptime: () => performance.now(),
    sleep: systemClock.sleep,
    id: () => randomBytes(5).readUIntBE(0, 5).toString(36).padStart(8, '0').slice(-8),
    user: `${user()}@${hostname()}`,
    holder: [user(), hostname(), here ?? randomBytes(4).toString('hex'), process.pid, startOf(process.pid)].join('/'),
    isGone: (holder) => {
      const [, , machineOf, pid, start] = holder.split('/');
      return here !== undefined && machineOf === here && startOf(Number(pid)) !== start;
    },
    read,
  };
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`; // containers run as users that have no name
  }
}

/** This boot of this kernel and this space of process ids; nothing where the system does not tell. */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return undefined;
  }
}

/** When a process started, in clock ticks since boot: a process id that is used again has another one. Nothing when it is gone. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}

/** A path that is there, with the step that is not replaced by what stands beside it under a similar name. */
function nearestPath(path: string): string | undefined {
  const above = dirname(path);
  const folder = existsSync(above) ? above : nearestPath(above);
  if (folder === undefined || !statSync(folder).isDirectory()) return undefined;
  const name = existsSync(join(folder, basename(path))) ? basename(path) : nearestName(basename(path), readdirSync(folder));
  return name === undefined ? undefined : join(folder, name);
}

function read(path: string): readonly SourceFile[] {
  if (!existsSync(path)) {
    const remedy = 'Give the folder that `synth` has written, or a file of manifests.';
    const nearest = nearestPath(path);
    const message = 'there is no such file or folder';
    throw new ServingError([
      { code: 'MANIFESTS_MISSING', subject: path, message, remedy, ...(nearest === undefined ? {} : { nearest }) },
    ]);
  }
  if (!statSync(path).isDirectory()) return [{ file: basename(path), text: readFileSync(path, 'utf8') }];
  const folder = (name: string): SourceFile[] => {
    if (!existsSync(join(path, name))) return [];
    const files = readdirSync(join(path, name))
      .filter((file) => MANIFEST.test(file))
      .sort();
    return files.map((file) => ({ file: join(name, file), text: readFileSync(join(path, name, file), 'utf8') }));
  };
  return [...folder('.'), ...folder(GATES_FOLDER)];
}
