import type { ManifestFiles, ReadOptions } from '../../manifests';

/** Everything the engine needs from the machine it runs on. Tests and the sandbox hand in their own. */
export interface Host {
  /** Wall clock, milliseconds since the epoch. Only for what people read, and to notice a suspended machine. */
  now(): number;
  /** Monotonic milliseconds from any start. Everything that is measured is measured with it. */
  uptime(): number;
  /** Resolves after so many milliseconds, at once (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Eight random characters, lower-case letters and digits. */
  id(): string;
  /** Who runs this, for the record: `alice@laptop`. */
  readonly user: string;
  /** This process, for the lock: unlike every other one there is or was. */
  readonly holder: string;
  /** Whether a holder is a process that is known to have ended, such as one of this machine. In doubt: no. */
  isGone(holder: string): boolean;
  /** The manifest files of a directory and of its `gates` subdirectory (`recursive`: of all), or the one file. */
  read(path: string, options?: ReadOptions): ManifestFiles;
}
