import { type Problem, ServingError } from '../errors/problem';
import { named as addressOf, uidOf } from '../kube/address';
import { RELEASE_LABEL, RELEASE_NAMESPACE_LABEL } from '../kube/contract';
import { digestOf } from '../kube/digest';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import { type ReleaseName, unknownRelease } from './history';
import type { Engine, Run } from './model/engine';
import type { ReleaseEvent, ReleaseResult } from './model/events';
import type { LockOptions, ReleaseOptions } from './model/options';
import type { JournalStep } from './model/record';
import type { Revision } from './model/revision';
import { stream } from './model/stream';
import { agentProblems } from './ownership/agent';
import { claimsOf, kept } from './ownership/claims';
import { ownedBy } from './ownership/fields';
import { holdsData, keptBy } from './ownership/kept';
import { dependentsOf, named, othersDeleted, takesOthers } from './planning/dependents';
import { isData, ownedByThese } from './planning/owned';
import { survey } from './planning/survey';
import { missingPermissions, needsOfRemoval } from './preflight/permissions';
import { Session } from './record/session';
import { finishOwn, recover } from './recover';

/** Options for uninstalling a release. */
export interface UninstallOptions extends LockOptions, Pick<ReleaseOptions, 'recover' | 'signal'> {
  /** Whether to also delete PVCs, volumes, storage classes, namespaces and CRDs, with all their contents. @default false */
  readonly pruneData?: boolean;
}

/** Deletes all objects that a release created, then its record. Objects that we do not own are left alone. */
export function uninstall(
  engine: Engine,
  name: ReleaseName,
  options: UninstallOptions = {},
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  return stream(async (emit, signal) => {
    const run: Run = { ...engine, emit, signal };
    try {
      return await remove(run, name, options);
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      const begun = error.problems.some(({ code }) => code === 'OBJECT_NOT_DELETED' || code === 'API_UNREACHABLE');
      return { ...name, outcome: begun ? 'interrupted' : 'refused', problems: error.problems };
    }
  }, options.signal);
}

async function remove(run: Run, name: ReleaseName, options: UninstallOptions): Promise<ReleaseResult> {
  const desired = { ...name, objects: [], gates: [] };
  const first = await survey(run, desired);
  if (first.stored === undefined) throw new ServingError([unknownRelease(name)]);
  const { fence, journal } = first.stored.head;
  // What an interrupted release has left is known only after it was finished or undone.
  const known = journal === undefined ? await refusals(run, name, await intentOf(run, name, first.live, options)) : [];
  if (known.length > 0) return { ...name, outcome: 'refused', problems: known };
  const session = await Session.open(run, name.release, name.namespace, fence, options);
  try {
    await recover(session, options);
    if (session.resourceVersion === undefined) return { ...name, outcome: 'succeeded', problems: [] }; // an interrupted uninstall
    const { live } = await survey(run, desired);
    const { ours, homes, owned, whyStaying, steps } = await intentOf(run, name, live, options);
    const problems = await refusals(run, name, { ours, steps });
    if (problems.length > 0) return { ...name, outcome: 'refused', problems };
    // From here there is no way back: the next process continues it.
    const revision: Revision = {
      revision: (session.head.revisions.at(-1)?.revision ?? 0) + 1,
      state: 'rolled-back',
      action: 'uninstall',
      started: new Date(run.host.now()).toISOString(),
      seconds: 0,
      by: run.host.user,
      plan: digestOf(ours.map(keyOf).join()),
      changes: { create: 0, change: 0, replace: 0, delete: steps.filter(({ action }) => action === 'delete').length },
      changed: ours.slice(0, 50).map(displayName),
      versions: [],
      gates: [],
      content: [],
    };
    run.emit({ type: 'started', revision: revision.revision, action: 'uninstall' });
    run.emit({ type: 'wave', number: 1, of: 1, objects: ours.map(displayName) });
    const stored = await session.write(() => session.store.putSteps(steps));
    await session.save({ journal: { revision, phase: 'finish', ...stored, run: run.host.id(), temporary: [] } });
    const going = ours.filter((object) => whyStaying(object) === undefined);
    for (const object of [...going, ...(options.pruneData === true ? homes : [])].filter(takesOthers)) {
      const names = await dependentsOf(run.api, object, going);
      if (names.length > 0) run.emit({ type: 'warning', problem: othersDeleted(object, names) });
    }
    for (const object of going) {
      const names = named(owned.get(keyOf(object)) ?? [], object);
      if (names.length > 0) run.emit({ type: 'warning', problem: othersDeleted(object, names) });
    }
    for (const object of ours) {
      const why = whyStaying(object);
      if (why !== undefined) run.emit({ type: 'warning', problem: kept(object, why) });
      for (const claim of claimsOf(object))
        run.emit({ type: 'warning', problem: kept(claim, 'its StatefulSet made it for data') });
    }
    const refused = await finishOwn(session);
    if (refused.length > 0) return { ...name, outcome: 'failed', problems: refused };
    // The record was in this namespace until now.
    for (const home of options.pruneData === true ? homes : []) await run.api.remove(addressOf(home), uidOf(home));
    return { ...name, outcome: 'succeeded', problems: [] };
  } finally {
    await session.close(session.resourceVersion === undefined);
  }
}

/** What an uninstall would do to the live objects of a release. */
async function intentOf(run: Run, name: ReleaseName, live: ReadonlyMap<string, KubeObject>, options: UninstallOptions) {
  const objects = [...live.values()].filter((object) => ownedBy(object) && object.metadata.deletionTimestamp === undefined);
  const homes = objects.filter((object) => object.kind === 'Namespace' && object.metadata.name === name.namespace);
  const ours = objects.filter((object) => options.pruneData !== true || !homes.includes(object));
  const owned = await ownedByThese(
    run.api,
    ours.filter((object) => staying(object, options) === undefined),
  );
  const whyStaying = (object: KubeObject) => {
    const data = options.pruneData === true ? [] : (owned.get(keyOf(object)) ?? []).filter(isData);
    const taken = data.length === 0 ? undefined : `its deletion takes along ${data.map(displayName).join(', ')}`;
    return staying(object, options) ?? taken;
  };
  const steps = ours.map((object): JournalStep => {
    const action = whyStaying(object) === undefined ? 'delete' : 'orphan';
    return { action, object: addressOf(object), before: headerOf(object) };
  });
  return { ours, homes, owned, whyStaying, steps };
}

/** Why an uninstall may not begin: an agent applies the release, or the user may not delete all of it. */
async function refusals(
  run: Run,
  { namespace }: ReleaseName,
  { ours, steps }: { readonly ours: readonly KubeObject[]; readonly steps: readonly JournalStep[] },
): Promise<readonly Problem[]> {
  const agents = agentProblems(ours, 'uninstall');
  return agents.length > 0 ? agents : missingPermissions(run.api, needsOfRemoval(steps, namespace));
}

/** Why an object stays when its release is removed; undefined when it is deleted too. */
function staying(object: KubeObject, { pruneData = false }: UninstallOptions): string | undefined {
  const annotation = keptBy(object);
  if (annotation !== undefined) return `it has the annotation ${annotation}`;
  return holdsData(object) && !pruneData ? 'it holds data, which only --prune-data deletes' : undefined;
}

/** The fields of an object needed to delete it, without its content. */
function headerOf({ apiVersion, kind, metadata, aggregationRule }: KubeObject) {
  const { name, namespace, uid, finalizers, labels } = metadata;
  const { [RELEASE_LABEL]: label, [RELEASE_NAMESPACE_LABEL]: home } = labels ?? {};
  return {
    apiVersion,
    kind,
    ...(aggregationRule === undefined ? {} : { aggregationRule: {} }),
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(label === undefined
        ? {}
        : { labels: { [RELEASE_LABEL]: label, ...(home ? { [RELEASE_NAMESPACE_LABEL]: home } : {}) } }),
    },
  };
}
