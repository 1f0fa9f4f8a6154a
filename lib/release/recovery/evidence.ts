import { RELEASE_LABEL } from '../../kube/contract';
import { listAt } from '../../kube/fields';
import { type KubeObject, keyOf } from '../../kube/object';
import type { Home } from '../../manifests/place';
import type { Journal, JournalStep } from '../model/record';
import { isAsBefore } from '../ownership/compare';
import { ownedBy } from '../ownership/fields';
import { isOfRelease } from '../ownership/ownership';

/** What a recovery does with one object of a journal. */
export interface RecoveryStep {
  /** The step of the journal. */
  readonly step: JournalStep;
  /** `leave`: the journal requests something that no live evidence supports. */
  readonly action: 'delete' | 'orphan' | 'restore' | 'recreate' | 'leave';
  /** Why it is left. */
  readonly reason?: string;
  /** Why the user must agree: the step is outside the release's namespace, or grants permissions. */
  readonly consent?: string;
}

/** The evidence a journal is compared with. */
export interface Evidence extends Home {
  /** Live objects by key. */
  readonly live: ReadonlyMap<string, KubeObject>;
  /** Keys of the objects in the available manifests. */
  readonly wanted: ReadonlySet<string>;
}

/**
 * The steps of a recovery. A journal is only text in a Secret: it decides nothing that the live objects, or the available
 * manifests, do not confirm. Pure.
 */
export function planRecovery({ phase, steps }: Journal, evidence: Evidence): readonly RecoveryStep[] {
  const verdict = phase === 'finish' ? finishing : undoing;
  return steps.flatMap((step): RecoveryStep[] => {
    const found = verdict(step, evidence);
    if (found === undefined) return [];
    const consent = found.action === 'leave' ? undefined : consentFor(step, evidence, found.action);
    return [{ step, ...found, ...(consent === undefined ? {} : { consent }) }];
  });
}

type Verdict = Pick<RecoveryStep, 'action' | 'reason'> | undefined;

const leave = (reason: string): Verdict => ({ action: 'leave', reason });
const NOT_OURS = 'the live object does not belong to this release';

/** Only deletions remain, of exactly the objects that the plan saw. */
function finishing({ action, before }: JournalStep, evidence: Evidence): Verdict {
  if ((action !== 'delete' && action !== 'orphan') || before === undefined) return undefined;
  const there = evidence.live.get(keyOf(before));
  if (there === undefined) return undefined;
  const { uid } = before.metadata;
  if (uid === undefined) return leave('the record does not say which object it was');
  if (uid !== there.metadata.uid) return undefined; // another object with this name
  if (!isOurs(there, evidence) || listAt(there, 'metadata', 'ownerReferences').length > 0) return leave(NOT_OURS);
  return { action: action === 'orphan' ? 'orphan' : 'delete' };
}

function undoing(step: JournalStep, evidence: Evidence): Verdict {
  const { namespace, live, wanted } = evidence;
  const { action, object, before } = step;
  const key = keyOfStep(step);
  const there = live.get(key);
  if (action === 'create') return there !== undefined && isOurs(there, evidence) ? { action: 'delete' } : undefined;
  if (before === undefined) return undefined;
  const gone = there === undefined || there.metadata.deletionTimestamp !== undefined;
  if (gone || there.metadata.uid !== before.metadata.uid) {
    if (!gone && !(action === 'replace' && isOurs(there, evidence))) return leave('another client has created it since');
    if (action === 'change') return leave('another client has deleted it since');
    if (object.namespace !== namespace && !wanted.has(key)) return leave('neither a live object nor the manifests name it');
    return { action: 'recreate' };
  }
  if (isAsBefore(there, before)) return undefined;
  // An interrupted adoption takes fields before it sets the label.
  const unlabelled = there.metadata.labels?.[RELEASE_LABEL] === undefined && ownedBy(there) !== undefined;
  return isOurs(there, evidence) || unlabelled ? { action: 'restore' } : leave(NOT_OURS);
}

/** Why an action needs the user's consent: anyone who can write Secrets in the namespace could have added it to the journal. */
function consentFor(step: JournalStep, { namespace, wanted }: Evidence, action: RecoveryStep['action']): string | undefined {
  const beyond = consentReason(step.object, namespace);
  if (beyond !== undefined) return beyond;
  return action === 'recreate' && !wanted.has(keyOfStep(step)) ? 'only the record says what it was' : undefined;
}

/** Why a recorded object is not written without consent: it is outside the record's namespace, or grants permissions. */
export function consentReason(
  { apiVersion, namespace }: { readonly apiVersion: string; readonly namespace?: string },
  home: string,
): string | undefined {
  if (namespace !== home)
    return namespace === undefined ? 'it belongs to the whole cluster' : `it is in the namespace ${namespace}`;
  return apiVersion.startsWith('rbac.authorization.k8s.io/') ? 'it gives rights' : undefined;
}

function isOurs(object: KubeObject, home: Home): boolean {
  return isOfRelease(object, home) && ownedBy(object) !== undefined;
}

function keyOfStep({ object: { apiVersion, kind, namespace, name } }: JournalStep): string {
  return keyOf({ apiVersion, kind, metadata: { name, ...(namespace === undefined ? {} : { namespace }) } });
}
