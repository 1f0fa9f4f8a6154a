/**
 * The status of an object, in kstatus terms:
 * - `Current`: it matches its manifest, and works
 * - `InProgress`: a controller is still working on it
 * - `Failed`: it will not become ready without intervention
 * - `Terminating`: it is being deleted
 * - `NotFound`: it does not exist
 * - `Unknown`: it cannot be determined, such as a pod on an unresponsive node
 */
export type StatusWord = 'InProgress' | 'Current' | 'Failed' | 'Terminating' | 'NotFound' | 'Unknown';

export interface Status {
  readonly status: StatusWord;
  /** One word for machines: `LessUpdated`, `JobFailed`. */
  readonly reason: string;
  /** A fact for people, with a count where possible: `Updated: 1/3`. */
  readonly message: string;
}

export const current = (message: string, reason = 'Current'): Status => ({ status: 'Current', reason, message });
export const inProgress = (reason: string, message: string): Status => ({ status: 'InProgress', reason, message });
export const failed = (reason: string, message: string): Status => ({ status: 'Failed', reason, message });

/** The first count not yet reached, as `InProgress`: `[reason, label, is, should]`. */
export function firstShort(
  counts: readonly (readonly [reason: string, label: string, is: number, should: number])[],
): Status | undefined {
  for (const [reason, label, is, should] of counts) if (is < should) return inProgress(reason, `${label}: ${is}/${should}`);
  return undefined;
}
