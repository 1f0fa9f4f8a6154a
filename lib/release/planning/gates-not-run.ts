import type { Problem } from '../../errors/problem';
import { canonical } from '../../kube/canonical';
import { withoutSecretValues } from '../../kube/hidden-values';
import { displayName } from '../../kube/object';
import { changesOf, type Plan } from '../model/plan';
import type { Survey } from '../model/survey';

/** The gates that differ from the deployed revision but do not run, because nothing else changes. Pure. */
export function gatesNotRun({ desired, gates }: Survey, plan: Plan): readonly Problem[] {
  if (gates === undefined || changesOf(plan).length > 0) return [];
  const known = new Set(gates.map(canonical));
  const changed = desired.gates.filter(({ job }) => !known.has(canonical(withoutSecretValues(job))));
  return changed.map(({ job }) => ({
    code: 'GATE_NOT_RUN',
    subject: displayName(job),
    message: 'this gate is new or has changed, and does not run: nothing else changes',
    remedy: 'It runs with the next change of the release.',
  }));
}
