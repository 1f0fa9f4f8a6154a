import { ServingError } from '../../errors/problem';
import type { Run } from '../model/engine';
import type { LockOptions } from '../model/options';
import type { Head, StoredHead } from '../model/record';
import { type AcquireOptions, fenceOver, Lock } from './lock';
import { Store } from './store';

/** Options for starting a session. */
export interface SessionOptions extends LockOptions, Pick<AcquireOptions, 'peek'> {
  /** Whether to continue without a record that cannot be read, and overwrite it. @default false */
  readonly replace?: boolean;
}

/** One release under its lock: every write to the stack and to the record goes through this class. */
export class Session {
  readonly run: Run;
  readonly store: Store;
  private readonly lock: Lock;
  private stored: StoredHead | undefined;

  private constructor(run: Run, store: Store, lock: Lock, stored: StoredHead | undefined) {
    [this.run, this.store, this.lock, this.stored] = [run, store, lock, stored];
  }

  /** Takes the lock, then reads the current record. */
  static async open(run: Run, release: string, namespace: string, floor: number, options: SessionOptions): Promise<Session> {
    const store = new Store(run, release, namespace);
    let reading: Promise<StoredHead | undefined> | undefined;
    // Requested together with the Lease. A write in between makes the next write of the head fail.
    const onTake = () => {
      reading = store.head();
      reading.catch(() => undefined);
    };
    const lock = await Lock.acquire(run, release, namespace, floor, { ...options, onTake });
    try {
      const early = await reading?.then(
        (stored) => ({ stored }),
        () => undefined,
      );
      // A recovery writes before it writes the head, so it must know its current content.
      const sure = early !== undefined && early.stored?.head.journal === undefined;
      const stored = sure ? early.stored : await store.head().catch((error: unknown) => replaced(store, error, options));
      return new Session(run, store, lock, stored);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  /** The record's head as this process last read or wrote it. */
  get head(): Head {
    const { release, namespace } = this.store;
    return this.stored?.head ?? { v: 1, release, namespace, fence: 0, revisions: [], kinds: [] };
  }

  get resourceVersion(): string | undefined {
    return this.stored?.resourceVersion;
  }

  /** Performs a write while the lock is held; throws if it no longer is. */
  async write<T>(work: () => Promise<T>): Promise<T> {
    await this.lock.ensure();
    return work();
  }

  /** Writes the record's head, with this lock's number, and only over exactly the version that was read. */
  async save(change: Partial<Head>): Promise<void> {
    const next: Head = { ...this.head, ...change, fence: fenceOver(this.lock.fence, this.head.fence) };
    this.stored = await this.write(() => this.store.writeHead(next, this.stored?.resourceVersion));
  }

  /** Saves the head without its journal: the work has ended. */
  async settle(change: Omit<Partial<Head>, 'journal'>): Promise<void> {
    const { journal: _settled, ...head } = { ...this.head, ...change };
    const fence = fenceOver(this.lock.fence, head.fence);
    this.stored = await this.write(() => this.store.writeHead({ ...head, fence }, this.stored?.resourceVersion));
  }

  /** Removes the whole record. */
  async destroy(): Promise<void> {
    // A head that still names missing parts would block the next process.
    await this.save({ revisions: [] });
    await this.write(() => this.store.destroy());
    this.stored = undefined;
  }

  /** Releases the lock. `forGood` when the release no longer exists, so that nothing of it remains. */
  async close(forGood = false): Promise<void> {
    await this.lock.release(forGood);
  }
}

/** An empty record in place of one that cannot be read, when requested. */
async function replaced(store: Store, error: unknown, { replace = false }: SessionOptions): Promise<StoredHead> {
  if (!replace || !(error instanceof ServingError)) throw error;
  const { release, namespace } = store;
  const head: Head = { v: 1, release, namespace, fence: 0, revisions: [], kinds: [] };
  return { head, resourceVersion: await store.version() };
}
