import { canariesOf } from '../../canary/plan';
import type { Problem } from '../../errors/problem';
import { hasTakenOver } from '../../kube/autoscaler';
import { canonical } from '../../kube/canonical';
import { KEEP_ANNOTATION } from '../../kube/contract';
import { digestOf } from '../../kube/digest';
import { defines } from '../../kube/kinds';
import { displayName, groupOf, type KubeObject, keyOf } from '../../kube/object';
import type { Conflict, FieldChange, Plan, PlannedObject, PlanOptions } from '../model/plan';
import type { Survey } from '../model/survey';
import { hasGrown, keepsSize } from '../ownership/claims';
import { isCompleted, manifestFor } from '../ownership/compare';
import { manifestOf, ownedBy, ownedDigest, withoutAbsent } from '../ownership/fields';
import { holdsData, keptBy } from '../ownership/kept';
import { foreignOwner } from '../ownership/ownership';
import { formerFields, withoutForgotten } from '../ownership/takeover';
import { deployedOf } from '../record/record';
import { contentOf, diff } from './diff';
import type { DryRun } from './dry-run';
import { withEdits } from './edits';

/** Combines the wanted objects, the live objects and the API server's dry-run responses. Pure. */
export function computePlan(survey: Survey, dryRuns: ReadonlyMap<string, DryRun>, options: PlanOptions = {}): Plan {
  const { desired, live } = survey;
  const problems: Problem[] = [];
  const wanted = new Set(desired.objects.map(keyOf));
  const objects = desired.objects.map((object) => planObject(object, survey, dryRuns.get(keyOf(object)), options, problems));
  const gone = [...live.values()].filter((object) => !wanted.has(keyOf(object)) && ownedBy(object) !== undefined);
  const deletions = [...gone, ...(survey.former?.leaving ?? [])]
    .filter(isThere)
    .map((object) => planDeletion(object, survey, options, problems));
  const all = [...objects, ...deletions].sort((a, b) => (a.key < b.key ? -1 : 1));
  const { release, namespace, gates } = desired;
  const bound = all.map(({ key, action, manifest, live: seen }) =>
    action === 'unchanged' ? [key] : [key, action, manifest, seenOf(seen)],
  );
  const digest = digestOf(canonical([release, namespace, bound, gates.map(({ job }) => job)]));
  // Traffic is shifted through the fields this tool owns.
  const canaries = canariesOf(
    all.map((one) => (one.live && ownedBy(one.live) === undefined ? withoutLive(one) : one)),
    problems,
  );
  const shifted = canaries.length === 0 || options.skipCanary === true ? {} : { canaries };
  return { release, namespace, digest, objects: all, gates, ...shifted, problems };
}

/** The PVCs that stay larger than their manifests. */
export function sizesKept({ desired }: Survey, { objects }: Plan): readonly Problem[] {
  const wanted = new Map(desired.objects.map((object) => [keyOf(object), object]));
  return objects.flatMap(({ key, manifest, live }) => {
    const object = wanted.get(key);
    return object !== undefined && hasGrown(object, manifest) && live ? [keepsSize(object, live)] : [];
  });
}

function withoutLive({ live: _foreign, ...planned }: PlannedObject): PlannedObject {
  return planned;
}

/** What a plan has seen of an object: the plan stays valid while this is unchanged. */
export function seenOf(object: KubeObject | undefined): readonly [uid: string, owned: string] | undefined {
  return object && [object.metadata.uid ?? '', ownedDigest(object, true) ?? ''];
}

function planObject(
  object: KubeObject,
  { stored, live: all, scaled, desired, recorded, uids }: Survey,
  dryRun: DryRun | undefined,
  options: PlanOptions,
  problems: Problem[],
): PlannedObject {
  const key = keyOf(object);
  const hidden = dryRun?.kind === 'accepted' || dryRun?.kind === 'conflict' ? dryRun.existing : undefined;
  const there = all.get(key) ?? hidden;
  const live = there && isThere(there) ? there : undefined;
  const manifest = manifestFor(object, live, scaled.has(key), options, recorded.get(key));
  const waiting = there !== undefined && live === undefined ? { terminating: there } : {};
  const base = { ...blank(object), manifest, ...(live ? { live } : {}), ...waiting };
  if (dryRun === undefined)
    return { ...base, action: live || isCompleted(object, recorded.get(key), options) ? 'unchanged' : 'create' };
  const heldBy = live && holderOf(live, all, desired.objects);
  if (live && heldBy && (dryRun.kind === 'accepted' || dryRun.kind === 'conflict')) {
    const fresh = manifestFor(object, undefined, false, options, undefined);
    return { ...blank(object), manifest: fresh, action: 'create', changes: diff(undefined, fresh), terminating: live, heldBy };
  }
  const owner = live && foreignOwner(live, desired, uids);
  if (owner !== undefined && options.adopt !== true) {
    const remedy = 'Rename the object, or take it over with --adopt.';
    problems.push({ code: 'OWNED_ELSEWHERE', subject: displayName(object), message: `exists and belongs to ${owner}`, remedy });
    return { ...base, action: 'refused' };
  }
  switch (dryRun.kind) {
    case 'accepted': {
      const { conflicts, fresh } = dryRun;
      const takesOver = live !== undefined && owner !== undefined && formerFields(live) !== undefined;
      const after = takesOver ? withoutForgotten(live, dryRun.object, fresh) : dryRun.object;
      const changes = diff(live, after, manifest);
      if (live === undefined) return { ...base, action: 'create', changes };
      const ownership = canonical(ownedFields(live)) === canonical(ownedFields(dryRun.object));
      const same = canonical(contentOf(live)) === canonical(contentOf(after));
      if (same && ownership) return { ...base, action: 'unchanged' };
      const revision = deployedOf(stored?.head)?.revision;
      const released = { recorded: recorded.get(key), revision, scaled: scaled.has(key) };
      const said = same ? [{ path: 'metadata.managedFields' }] : withEdits(changes, live, released);
      return { ...base, action: 'change', changes: said, conflicts, ...(takesOver ? { takesOver } : {}) };
    }
    case 'unverified':
      if (dryRun.unserved !== undefined && !desired.objects.some((one) => defines(one, object))) {
        problems.push({ ...dryRun.unserved, subject: displayName(object), path: 'kind', got: object.apiVersion });
        return { ...base, action: 'refused' };
      }
      return { ...base, action: live ? 'change' : 'create', unverified: dryRun.reason };
    case 'conflict':
      problems.push(...dryRun.conflicts.map((conflict) => conflictProblem(object, conflict)));
      return { ...base, action: 'conflict', conflicts: dryRun.conflicts };
    case 'immutable': {
      const allowed = options.allowReplace === true && !holdsData(object);
      if (!allowed) problems.push(immutableProblem(object, dryRun.message));
      return { ...base, action: allowed ? 'replace' : 'refused', changes: replaced(live, object) };
    }
    case 'refused':
      problems.push(...dryRun.problems);
      return { ...base, action: 'refused' };
  }
}

/** The fields that this tool owns in an object, where present. */
function ownedFields(object: KubeObject): unknown {
  const owned = ownedBy(object);
  return owned === undefined ? null : withoutAbsent(owned, object);
}

/** What a replacement object changes. Fields that only the live one has are server defaults, unless this tool had set them. */
function replaced(live: KubeObject | undefined, object: KubeObject): readonly FieldChange[] {
  const owned = live && ownedBy(live);
  const told = new Set(diff(live && owned ? manifestOf(live, owned) : live, object).map(({ path }) => path));
  return diff(live, object).filter((change) => 'to' in change || told.has(change.path));
}

function blank(object: KubeObject): Pick<PlannedObject, 'key' | 'changes' | 'conflicts'> {
  return { key: keyOf(object), changes: [], conflicts: [] };
}

/** Whether an object exists and is not being deleted. */
function isThere({ metadata }: KubeObject): boolean {
  return metadata.deletionTimestamp === undefined;
}

/** What happens to an object that the manifests no longer have. */
function planDeletion(object: KubeObject, { desired }: Survey, options: PlanOptions, problems: Problem[]): PlannedObject {
  const base = { ...blank(object), live: object };
  const kept = keptBy(object) ?? heirOf(object, desired.objects);
  if (kept !== undefined) return { ...base, action: 'orphan', keptBy: kept };
  const problem = refusalToDelete(object, desired, options);
  if (problem !== undefined) problems.push(problem);
  return { ...base, action: problem === undefined ? 'delete' : 'refused', changes: diff(object, undefined) };
}

/** The ScaledObject that takes over an HPA: KEDA continues it. */
function heirOf({ apiVersion, kind, metadata }: KubeObject, desired: readonly KubeObject[]): string | undefined {
  if (groupOf(apiVersion) !== 'autoscaling' || kind !== 'HorizontalPodAutoscaler') return undefined;
  const heir = desired.find((one) => hasTakenOver(one, { apiVersion, kind, metadata }));
  return heir && displayName(heir);
}

/** The ScaledObject that took over an HPA and leaves the release: the reverse of `heirOf`. */
function holderOf(hpa: KubeObject, live: Survey['live'], desired: readonly KubeObject[]): KubeObject | undefined {
  if (groupOf(hpa.apiVersion) !== 'autoscaling' || hpa.kind !== 'HorizontalPodAutoscaler') return undefined;
  const wanted = new Set(desired.map(keyOf));
  return [...live.values()].find(
    (one) => hasTakenOver(one, hpa) && !wanted.has(keyOf(one)) && ownedBy(one) !== undefined && keptBy(one) === undefined,
  );
}

/** Why an object with data, or containing other objects, is not deleted. */
function refusalToDelete(object: KubeObject, desired: Survey['desired'], options: PlanOptions): Problem | undefined {
  if (!holdsData(object)) return undefined;
  const subject = displayName(object);
  const { name } = object.metadata;
  const needed = desired.objects.filter(
    (one) => defines(object, one) || (isNamespace(object) && one.metadata.namespace === name),
  );
  const home = isNamespace(object) && name === desired.namespace;
  const leave = `Keep it in the manifests, or annotate it with ${KEEP_ANNOTATION}: 'true'.`;
  if (home || needed.length > 0) {
    const message = home
      ? 'has left the manifests, and holds the record of the release'
      : 'has left the manifests, which still need it';
    return {
      code: 'DATA_IN_USE',
      subject,
      message,
      ...(home ? {} : { got: needed.slice(0, 5).map(displayName) }),
      remedy: leave,
    };
  }
  if (options.pruneData === true) return undefined;
  const message = 'has left the manifests; its deletion takes everything in it along';
  return { code: 'DATA_NEEDS_CONSENT', subject, message, remedy: `${leave} --prune-data deletes it.` };
}

const isNamespace = ({ apiVersion, kind }: KubeObject) => apiVersion === 'v1' && kind === 'Namespace';

function conflictProblem(object: KubeObject, { field, manager }: Conflict): Problem {
  const remedy = `Take the field with --force-conflicts '${field}', or leave it to ${manager} with --ignore-conflicts '${field}'.`;
  const message = `another manager, ${manager}, has set this field to another value`;
  return { code: 'FIELD_CONFLICT', subject: displayName(object), path: field, message, remedy };
}

function immutableProblem(object: KubeObject, message: string): Problem {
  const never = holdsData(object);
  const remedy = never ? 'Give it a new name, and move the data.' : 'Let it be deleted and recreated with --allow-replace.';
  return { code: 'FIELD_IMMUTABLE', subject: displayName(object), message, remedy };
}
