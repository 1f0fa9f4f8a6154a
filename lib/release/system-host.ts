import { randomBytes } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { systemClock } from '../client/clock';
import { readFiles } from '../manifests';
import type { Host } from './model/host';

/** The local machine. */
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
    read: readFiles,
  };
}

function user(): string {
  try {
    return userInfo().username;
  } catch {
    return `uid-${process.getuid?.() ?? 'unknown'}`; // containers run as users without a name
  }
}

/** Identifies this kernel boot and process id namespace; undefined where the system does not report them. */
function machine(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}-${readlinkSync('/proc/self/ns/pid').replace(/\D/g, '')}`;
  } catch {
    return undefined;
  }
}

/** Start time of a process, in clock ticks since boot, which tells reused process ids apart. Undefined when it is gone. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? undefined : fields[18];
  } catch {
    return undefined;
  }
}
