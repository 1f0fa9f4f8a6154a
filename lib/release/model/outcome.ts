/**
 * How a verb ended.
 * - `succeeded`: the cluster is as planned; `unchanged`: it already was
 * - `refused`: stopped before any change; `rejected`: a gate did not pass, nothing was changed
 * - `rolled-back`: failed, previous state restored; `failed`: failed, and part of the previous state was not restored
 * - `interrupted`: this process stopped midway, the next run resumes
 */
export type Outcome = 'succeeded' | 'unchanged' | 'refused' | 'rejected' | 'rolled-back' | 'failed' | 'interrupted';

/**
 * How a revision ended. There is no pending state: work in progress is a journal, and a lock that can expire.
 * - `rejected`: a gate did not pass; nothing was changed
 * - `deployed`: in the cluster now
 * - `superseded`: was deployed, until a later revision
 * - `rolled-back`: failed, and the previous state is restored
 * - `failed`: failed, and not all of the previous state is restored; `left` names the rest
 */
export type RevisionState = 'rejected' | 'deployed' | 'superseded' | 'rolled-back' | 'failed';

/** States as recorded by version 0.1. */
const OLD_STATES: Readonly<Record<string, RevisionState>> = { undone: 'rolled-back', broken: 'failed' };

/** The current name of a recorded state, whichever version wrote it. */
export function currentState(recorded: string): string {
  return OLD_STATES[recorded] ?? recorded;
}
