import type { ManifestFiles, ReadOptions } from '../../manifests';

/** Everything the engine needs from the machine it runs on. Tests and the sandbox provide their own. */
export interface Host {
  /** Wall clock, milliseconds since the epoch. Only for display, and to notice a suspended machine. */
  now(): number;
  /** Monotonic milliseconds from an arbitrary start. All measurements use it. */
  uptime(): number;
  /** Resolves after this many milliseconds, or immediately (without an error) when the signal aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Eight random characters, lower-case letters and digits. */
  id(): string;
  /** Who runs this, for the record: `alice@laptop`. */
  readonly user: string;
  /** This process, for the lock: unique among all processes, past and present. */
  readonly holder: string;
  /** Whether a holder is a process known to have ended, such as one on this machine. False when in doubt. */
  isGone(holder: string): boolean;
  /** Reads the manifest files of a directory and its `gates` subdirectory (`recursive`: all subdirectories), or the one file. */
  read(path: string, options?: ReadOptions): ManifestFiles;
}
