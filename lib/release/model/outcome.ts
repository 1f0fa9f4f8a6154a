/**
 * How a verb ended.
 * - `succeeded`: the cluster is as planned; `unchanged`: it already was
 * - `refused`: stopped before any change; `rejected`: a gate did not pass, nothing was changed
 * - `rolled-back`: failed, previous state restored; `failed`: failed, and something is left that was not restored
 * - `interrupted`: this process stopped in the middle, the next run resumes
 */
export type Outcome = 'succeeded' | 'unchanged' | 'refused' | 'rejected' | 'rolled-back' | 'failed' | 'interrupted';

/**
 * How a revision ended. There is no pending: work under way is a journal, and a lock that can expire.
 * - `rejected`: a gate did not pass; nothing was changed
 * - `deployed`: in the cluster now
 * - `superseded`: was deployed; a later one is
 * - `rolled-back`: failed, and the previous state is restored
 * - `failed`: failed, and not all of the previous state is restored; `left` names the rest
 */
export type RevisionState = 'rejected' | 'deployed' | 'superseded' | 'rolled-back' | 'failed';

/** States as version 0.1 recorded them. */
const OLD_STATES: Readonly<Record<string, RevisionState>> = { undone: 'rolled-back', broken: 'failed' };

/** The state in a record, whichever version wrote it. */
export function currentState(recorded: string): string {
  return OLD_STATES[recorded] ?? recorded;
}
