import type { KubeObject } from '../../kube/object';
import type { FieldChange } from '../model/plan';
import type { RecordedObject } from '../model/record';
import { driftOf } from '../ownership/drift';

/** The record of an object, and the revision that left it so. */
export interface Released {
  readonly recorded: RecordedObject | undefined;
  readonly revision: number | undefined;
  /** Whether an autoscaler sets its replicas. */
  readonly scaled: boolean;
}

/** Changes of a plan, marking those that revert another client's edits since the deployed revision. Pure. */
export function withEdits(
  changes: readonly FieldChange[],
  live: KubeObject | undefined,
  { recorded, revision, scaled }: Released,
): readonly FieldChange[] {
  if (recorded === undefined || live === undefined || changes.length === 0) return changes;
  const edits = driftOf(recorded, live, scaled)?.fields ?? [];
  if (edits.length === 0) return changes;
  return changes.map((change) => {
    const edit = edits.find((one) => overlap(change, one));
    if (edit === undefined) return change;
    return {
      ...change,
      edited: { by: edit.manager ?? 'another client', ...(revision === undefined ? {} : { since: revision }) },
    };
  });
}

/** Whether one path is the other, or in it. */
export function overlap({ path: a }: { readonly path: string }, { path: b }: { readonly path: string }): boolean {
  return a === b || inside(a, b) || inside(b, a);
}

const inside = (path: string, outer: string): boolean => path.startsWith(`${outer}.`) || path.startsWith(`${outer}[`);
