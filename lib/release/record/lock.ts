import { ApiError, TransportError } from '../../client/errors';
import { ServingError } from '../../errors/problem';
import type { NamedObject } from '../../kube/address';
import { named } from '../../kube/address';
import { TOOL } from '../../kube/contract';
import { type Fields, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import type { Run } from '../model/engine';
import type { LockOptions } from '../model/options';
import { RECORD_LABEL } from './store';

/** A lock that has not been renewed for this long may be taken over. */
const LEASE_SECONDS = 15;
/** A Lease that claims to last longer was not written by this tool, and could block a release indefinitely. */
const LONGEST_LEASE_SECONDS = 60;
/** The API server stores fencing numbers in 32 bits. */
const HIGHEST_FENCE = 2 ** 31 - 1;
const RENEW_MS = 5_000;
/** How often a held lock is checked. */
const LOOK_MS = 500;

/** A Lease as observed. */
export interface Peek {
  readonly lease: KubeObject | undefined;
  /** Time of the observation, on the host's monotonic clock. */
  readonly at: number;
}

/** Options for taking a lock. */
export interface AcquireOptions extends LockOptions {
  /** The result of a `peek`: saves a round trip. @default - requested */
  readonly peek?: Peek;
  /** Called each time the Lease is about to be written: work of similar duration can start now. */
  readonly onTake?: () => void;
}

/**
 * The lock of one release: a Lease that its holder renews. Clocks are never compared across machines: a Lease has expired
 * when its content has not changed for its duration on the observer's own clock.
 */
export class Lock {
  private renewed: number;
  private wall: number;
  private readonly stop = new AbortController();
  private renewing: Promise<void> | undefined;

  private readonly run: Run;
  private lease: KubeObject;
  private readonly identity: string;

  /** `asked` is the time of the request: a process suspended until the response came has held the lock since then. */
  private constructor(run: Run, lease: KubeObject, identity: string, asked: { readonly uptime: number; readonly wall: number }) {
    [this.run, this.lease, this.identity] = [run, lease, identity];
    [this.renewed, this.wall] = [asked.uptime, asked.wall];
    void this.keep();
  }

  /** Increases each time the lock changes hands; a record written under a higher number is not overwritten. */
  get fence(): number {
    return numberAt(this.lease, 'spec', 'leaseTransitions') ?? 0;
  }

  /** Reads the Lease, for an `acquire` that follows soon. */
  static async peek({ api, host }: Run, release: string, namespace: string): Promise<Peek> {
    const lease = await api.get(leaseOf(release, namespace));
    return { lease, at: host.uptime() };
  }

  /**
   * Takes the lock: at once when it is free, or its holder has ended or let it expire; otherwise after waiting.
   * @param floor the highest fencing number in the record, in case the Lease was deleted
   */
  static async acquire(run: Run, release: string, namespace: string, floor: number, options: AcquireOptions = {}): Promise<Lock> {
    const { host } = run;
    const address = leaseOf(release, namespace);
    const identity = `${host.holder}/${host.id()}`;
    const began = host.uptime();
    let seen = '';
    let since = began;
    let moved = false;
    let told = false;
    for (let peek = options.peek; ; peek = undefined) {
      const { lease, at: now } = peek ?? (await Lock.peek(run, release, namespace));
      const holder = textAt(lease, 'spec', 'holderIdentity') ?? '';
      const version = lease?.metadata.resourceVersion ?? '';
      if (version !== seen) {
        moved ||= seen !== '';
        [seen, since] = [version, now];
      }
      const expired = now - since >= lifetimeMs(lease);
      if (lease === undefined || holder === '' || expired || host.isGone(holder)) {
        const fence = fenceOver(numberAt(lease, 'spec', 'leaseTransitions') ?? 0, floor, 1);
        const asked = { uptime: host.uptime(), wall: host.now() };
        options.onTake?.();
        const taken = await take(run, address, lease, release, specOf(run, identity, fence));
        if (taken !== undefined) return new Lock(run, taken, identity, asked);
        continue;
      }
      // A renewal proves that the holder is alive; only then does waiting count against the caller's limit.
      if (run.signal.aborted || (moved && now - began >= (options.waitMs ?? 0))) throw held(release, lease, holder);
      if (!told) run.emit({ type: 'waiting-for-lock', holder });
      told = true;
      await host.sleep(LOOK_MS, run.signal);
    }
  }

  /**
   * Makes sure that the lock is still held, before a write. Costs nothing while it was renewed recently. A process that was
   * suspended or could not renew in time asks the API server first, and asks again after a slow response: the lock may have
   * expired in the meantime. Throws when another process has taken it.
   */
  async ensure(): Promise<void> {
    const { host } = this.run;
    const age = () => Math.max(host.uptime() - this.renewed, host.now() - this.wall);
    while (age() >= (LEASE_SECONDS * 1000) / 2) await this.renew();
  }

  /** Releases the lock. The number stays, so that the next holder gets a higher one. */
  async release(forGood = false): Promise<void> {
    this.stop.abort();
    await this.renewing?.catch(() => undefined);
    if (forGood) {
      const { uid, resourceVersion } = this.lease.metadata;
      const seen = { ...(uid ? { uid } : {}), ...(resourceVersion ? { resourceVersion } : {}) };
      return this.run.api.remove(named(this.lease), seen).catch(() => undefined); // another process has taken it in the meantime
    }
    const spec = { holderIdentity: '', leaseDurationSeconds: LEASE_SECONDS, leaseTransitions: this.fence };
    await this.run.api.replace({ ...this.lease, spec }).catch(() => undefined); // it expires by itself
  }

  private async keep(): Promise<void> {
    while (!this.stop.signal.aborted) {
      await this.run.host.sleep(RENEW_MS, this.stop.signal);
      // A failed renewal is not final: the next write tries again.
      if (!this.stop.signal.aborted) await this.renew().catch(() => undefined);
    }
  }

  private renew(): Promise<void> {
    this.renewing ??= this.renewOnce().finally(() => {
      this.renewing = undefined;
    });
    return this.renewing;
  }

  private async renewOnce(): Promise<void> {
    const { host, api } = this.run;
    const [asked, wall] = [host.uptime(), host.now()];
    const spec = specOf(this.run, this.identity, this.fence);
    try {
      this.lease = await api.replace({ ...this.lease, spec });
    } catch (error) {
      if (!(error instanceof ApiError) || (error.status !== 409 && error.status !== 404)) throw error;
      const { metadata } = this.lease;
      const there = await api.get(named(this.lease));
      // After a renewal with a lost response, the Lease still names this holder and number.
      const mine =
        textAt(there, 'spec', 'holderIdentity') === this.identity && numberAt(there, 'spec', 'leaseTransitions') === this.fence;
      if (there === undefined || !mine) throw lost(metadata.name, textAt(there, 'spec', 'holderIdentity'));
      this.lease = there;
    }
    [this.renewed, this.wall] = [asked, wall];
  }
}

function leaseOf(release: string, namespace: string): NamedObject & { readonly namespace: string } {
  return { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', namespace, name: `${TOOL}.${release}` };
}

/** The higher of two fencing numbers, plus `more`. Numbers that no Lease can hold are ignored. */
export function fenceOver(a: number, b: number, more = 0): number {
  const sound = [a, b].filter((fence) => Number.isSafeInteger(fence) && fence >= 0 && fence + more <= HIGHEST_FENCE);
  return Math.max(0, ...sound) + more;
}

function lifetimeMs(lease: KubeObject | undefined): number {
  const seconds = numberAt(lease, 'spec', 'leaseDurationSeconds') ?? LEASE_SECONDS;
  return Math.min(Math.max(seconds, 1), LONGEST_LEASE_SECONDS) * 1000;
}

async function take(run: Run, address: NamedObject, lease: KubeObject | undefined, release: string, spec: Fields) {
  const { apiVersion, kind, namespace = '', name } = address;
  const labels = { 'app.kubernetes.io/managed-by': TOOL, [RECORD_LABEL]: release };
  try {
    if (lease === undefined) return await run.api.create({ apiVersion, kind, metadata: { name, namespace, labels }, spec });
    return await run.api.replace({ ...lease, spec });
  } catch (error) {
    // Another process was faster, or the response was lost: read it again. Other errors go to the caller.
    if (error instanceof ApiError && error.status === 409) return undefined;
    if (error instanceof TransportError && error.sent) return undefined;
    throw error;
  }
}

function specOf({ host }: Run, holderIdentity: string, fence: number) {
  const renewTime = new Date(host.now()).toISOString().replace('Z', '000Z'); // MicroTime
  return { holderIdentity, leaseDurationSeconds: LEASE_SECONDS, leaseTransitions: fence, renewTime };
}

function held(release: string, lease: KubeObject, holder: string): ServingError {
  const message = `is being released by ${readable(holder)}, last heard of at ${textAt(lease, 'spec', 'renewTime') ?? 'an unknown time'}`;
  const remedy = 'Wait with --lock-timeout, or stop that process; its lock then expires.';
  return new ServingError([{ code: 'RELEASE_LOCKED', subject: release, message, remedy }]);
}

function lost(name: string, holder: string | undefined): ServingError {
  const message = `the lock was taken over${holder ? ` by ${readable(holder)}` : ''} while this process did not renew it`;
  const remedy = 'Nothing more was written; the new holder has finished or undone this release. Look at `history`.';
  return new ServingError([{ code: 'LOCK_LOST', subject: name, message, remedy }]);
}

/** Extracts `alice@laptop, process 4711` from a holder's identity. */
function readable(holder: string): string {
  const [user, host, , pid] = holder.split('/');
  return host === undefined ? holder : `${user}@${host}, process ${pid}`;
}
