/**
 * How far an object is, in kstatus' words:
 * - `Current`: it is as its manifest says, and does its work
 * - `InProgress`: a controller is still working on it
 * - `Failed`: it will not get there by itself
 * - `Terminating`: it is being deleted
 * - `NotFound`: it is not there
 * - `Unknown`: it cannot be told, such as a pod on a node that is silent
 */
export type StatusWord = 'InProgress' | 'Current' | 'Failed' | 'Terminating' | 'NotFound' | 'Unknown';

export interface Status {
  readonly status: StatusWord;
  /** One word for machines: `LessUpdated`, `JobFailed`. */
  readonly reason: string;
  /** A fact for people, countable where there is something to count: `Updated: 1/3`. */
  readonly message: string;
}

export const current = (message: string, reason = 'Current'): Status => ({ status: 'Current', reason, message });
export const inProgress = (reason: string, message: string): Status => ({ status: 'InProgress', reason, message });
export const failed = (reason: string, message: string): Status => ({ status: 'Failed', reason, message });

/** The first count that is not reached yet, as `InProgress`: `[reason, label, is, should]`. */
export function firstShort(
  counts: readonly (readonly [reason: string, label: string, is: number, should: number])[],
): Status | undefined {
  for (const [reason, label, is, should] of counts) if (is < should) return inProgress(reason, `${label}: ${is}/${should}`);
  return undefined;
}
