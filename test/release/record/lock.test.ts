import { describe, expect, it } from 'vitest';
import type { KubeApi } from '../../../lib/client';
import { ApiError } from '../../../lib/client/errors';
import type { KubeObject } from '../../../lib/kube/object';
import type { Run } from '../../../lib/release/model/engine';
import type { ReleaseEvent } from '../../../lib/release/model/events';
import { Lock } from '../../../lib/release/record/lock';

/** A server that keeps one Lease, and clocks that pass only when somebody sleeps. */
function world() {
  let lease: KubeObject | undefined;
  let version = 0;
  const state = { time: 0, unreachable: false, writes: 0 };
  const store = (object: KubeObject): KubeObject => {
    state.writes++;
    version++;
    lease = { ...object, metadata: { ...object.metadata, uid: 'u', resourceVersion: String(version) } };
    return lease;
  };
  const refuse = () => new ApiError(409, { reason: 'Conflict' }, 'Lease');
  const api = {
    get: async () => lease,
    create: async (object: KubeObject) => {
      if (lease) throw refuse();
      return store(object);
    },
    replace: async (object: KubeObject) => {
      if (state.unreachable) throw new ApiError(503, {}, 'Lease');
      if (object.metadata.resourceVersion !== lease?.metadata.resourceVersion) throw refuse();
      return store(object);
    },
    remove: async () => {
      lease = undefined;
    },
  };
  const sleepers: { readonly until: number; readonly wake: () => void }[] = [];
  /** Lets time pass; everybody whose sleep is over goes on, in order. */
  const pass = async (ms: number): Promise<void> => {
    const end = state.time + ms;
    while (true) {
      for (let turn = 0; turn < 20; turn++) await Promise.resolve();
      const next = sleepers.filter(({ until }) => until <= end).sort((a, b) => a.until - b.until)[0];
      if (next === undefined) break;
      sleepers.splice(sleepers.indexOf(next), 1);
      state.time = next.until;
      next.wake();
    }
    state.time = end;
  };
  let ids = 0;
  const run = (holder: string, gone: readonly string[] = [], skew = 0): Run & { readonly events: ReleaseEvent[] } => {
    const events: ReleaseEvent[] = [];
    const host = {
      now: () => 1_700_000_000_000 + skew + state.time,
      uptime: () => state.time,
      sleep: (ms: number, signal?: AbortSignal) =>
        new Promise<void>((wake) => {
          const done = () => {
            signal?.removeEventListener('abort', done);
            wake();
          };
          sleepers.push({ until: state.time + ms, wake: done });
          signal?.addEventListener('abort', done, { once: true });
        }),
      id: () => String(++ids),
      user: holder,
      holder,
      isGone: (other: string) => gone.some((name) => other.startsWith(name)),
      read: (path: string) => ({ path, files: [], unread: [], problems: [] }),
    };
    return {
      api: api as unknown as KubeApi,
      host,
      signal: new AbortController().signal,
      emit: (event) => events.push(event),
      events,
    };
  };
  return { run, pass, state, lease: () => lease };
}

const take = (run: Run, options = {}, floor = 0) => Lock.acquire(run, 'r', 'n', floor, options);

describe('the lock of a release', () => {
  it('is one object that its holder renews, with a number that only grows', async () => {
    const { run, pass, lease } = world();
    const first = await take(run('a/host'));
    expect(first.fence).toBe(1);
    const before = lease()?.metadata.resourceVersion;
    await pass(6_000);
    expect(lease()?.metadata.resourceVersion).not.toBe(before);
    await first.release();
    expect(lease()?.spec).toMatchObject({ holderIdentity: '' });
    const second = await take(run('b/host'));
    expect(second.fence).toBe(2);
    await second.release(true);
    expect(lease()).toBeUndefined();
    expect((await take(run('c/host'), {}, 7)).fence).toBe(8); // the record still knows
  });

  it('is refused while its holder lives, who is named', async () => {
    const { run, pass } = world();
    await take(run('alice/laptop/boot/42'));
    const attempt = take(run('bob/ci')).catch((error: unknown) => error);
    await pass(10_000);
    expect(String(await attempt)).toMatch(/alice@laptop, process 42.*RELEASE_LOCKED/);
  });

  it('is waited for as long as the caller wants to', async () => {
    const { run, pass } = world();
    const first = await take(run('a/host'));
    const other = run('b/host');
    let taken = false;
    const attempt = take(other, { waitMs: 60_000 }).finally(() => {
      taken = true;
    });
    await pass(30_000);
    expect(taken).toBe(false); // it is renewed, so however long it takes it has not expired
    await first.release();
    await pass(1_000);
    expect((await attempt).fence).toBe(2);
    expect(other.events).toHaveLength(1);
  });

  it.each([3_600_000, -3_600_000])('expires by the observer’s own clock, however wrong the holder’s is (%d ms)', async (skew) => {
    const { run, pass, state } = world();
    const holder = run('a/host', [], skew);
    await take({ ...holder, host: { ...holder.host, sleep: () => new Promise<void>(() => undefined) } }); // dead: it never renews
    let taken = false;
    const attempt = take(run('b/host'), { waitMs: 60_000 }).then((lock) => {
      taken = true;
      return lock;
    });
    await pass(14_000);
    expect(taken).toBe(false);
    await pass(2_000);
    expect((await attempt).fence).toBe(2);
    expect(state.writes).toBe(2);
  });

  it('expires when its holder is stopped, and the holder notices before it writes', async () => {
    const { run, pass, state } = world();
    const holder = run('a/host');
    const sleep = holder.host.sleep;
    let asleep = false;
    const first = await take({
      ...holder,
      host: { ...holder.host, sleep: (ms, signal) => (asleep ? new Promise<void>(() => undefined) : sleep(ms, signal)) },
    });
    asleep = true; // SIGSTOP: its timers do not fire
    await pass(6_000);
    const attempt = take(run('b/host'));
    await pass(20_000);
    expect((await attempt).fence).toBe(2);
    const { writes } = state;
    await expect(first.ensure()).rejects.toThrow('LOCK_LOST');
    expect(state.writes).toBe(writes);
  });

  it('is taken at once from a process that is known to have ended', async () => {
    const { run } = world();
    await take(run('a/host/boot/42'));
    expect((await take(run('b/host', ['a/host/boot/42']))).fence).toBe(2);
  });

  it('costs nothing to make sure of while it was renewed recently', async () => {
    const { run, pass, state } = world();
    const lock = await take(run('a/host'));
    await pass(2_000);
    const { writes } = state;
    await lock.ensure();
    expect(state.writes).toBe(writes);
  });

  it('goes to one of many who want it at the same moment', async () => {
    const { run, pass } = world();
    const attempts = ['a', 'b', 'c', 'd'].map((name) => take(run(`${name}/host`)).catch(() => undefined));
    await pass(10_000);
    const fences = (await Promise.all(attempts)).flatMap((lock) => lock?.fence ?? []);
    expect(fences).toEqual([1]);
  });
});
