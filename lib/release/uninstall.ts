import { ServingError } from '../errors/problem';
import { named } from '../kube/address';
import { RELEASE_LABEL } from '../kube/contract';
import { displayName, keyOf } from '../kube/object';
import { type ReleaseName, unknownRelease } from './history';
import { digestOf, listAt } from './json';
import type { Engine, ReleaseEvent, ReleaseResult, Run } from './model/events';
import type { ReleaseOptions } from './model/options';
import { stream } from './model/stream';
import { ownedBy } from './ownership/fields';
import { survey } from './planning/survey';
import { missingPermissions } from './preflight/permissions';
import type { LockOptions } from './record/lock';
import type { JournalStep, Revision } from './record/record';
import { Session } from './record/session';
import { finishOwn, recover } from './recover';

/** How a release is uninstalled. */
export type UninstallOptions = LockOptions & Pick<ReleaseOptions, 'recover' | 'signal'>;

/** Deletes everything that a release has made, then its record. Objects that are not ours by ownership are left alone. */
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
      const begun = error.problems.some(({ code }) => code === 'OBJECT_LEFT' || code === 'API_UNREACHABLE');
      return { ...name, outcome: begun ? 'interrupted' : 'refused', problems: error.problems };
    }
  }, options.signal);
}

async function remove(run: Run, name: ReleaseName, options: UninstallOptions): Promise<ReleaseResult> {
  const desired = { ...name, objects: [], gates: [], sources: new Map() };
  const first = await survey(run, desired);
  if (first.stored === undefined) throw new ServingError([unknownRelease(name)]);
  const session = await Session.open(run, name.release, name.namespace, first.stored.head.fence, options);
  try {
    await recover(session, options);
    if (session.resourceVersion === undefined) return { ...name, outcome: 'done', problems: [] }; // was an interrupted uninstall
    const { live } = await survey(run, desired);
    const ours = [...live.values()].filter(
      (object) => ownedBy(object) && listAt(object, 'metadata', 'ownerReferences').length === 0,
    );
    const steps = ours.map((object): JournalStep => ({ action: 'delete', object: named(object), before: headerOf(object) }));
    const needs = ours.map(({ apiVersion, kind, metadata: { namespace } }) => ({
      verb: 'delete',
      apiVersion,
      kind,
      ...(namespace ? { namespace } : {}),
    }));
    const problems = await missingPermissions(run.api, [...new Map(needs.map((need) => [JSON.stringify(need), need])).values()]);
    if (problems.length > 0) return { ...name, outcome: 'refused', problems };
    // From here there is no way back, only forward: whoever comes next goes on with it.
    const revision: Revision = {
      revision: (session.head.revisions.at(-1)?.revision ?? 0) + 1,
      state: 'undone',
      action: 'uninstall',
      started: new Date(run.host.now()).toISOString(),
      seconds: 0,
      by: run.host.user,
      plan: digestOf(ours.map(keyOf).join()),
      changes: { create: 0, change: 0, replace: 0, delete: ours.length },
      changed: ours.slice(0, 50).map(displayName),
      versions: [],
      gates: [],
      content: [],
    };
    run.emit({ type: 'started', revision: revision.revision, action: 'uninstall' });
    run.emit({ type: 'wave', number: 1, of: 1, objects: ours.map(displayName) });
    await session.save({ journal: { revision, phase: 'finish', steps, run: run.host.id(), temporary: [] } });
    await finishOwn(session);
    return { ...name, outcome: 'done', problems: [] };
  } finally {
    await session.close(session.resourceVersion === undefined);
  }
}

/** What has to be known of an object to delete it, and nothing of what it holds. */
function headerOf({ apiVersion, kind, metadata }: Parameters<typeof named>[0]) {
  const { name, namespace, uid, finalizers, labels } = metadata;
  const label = labels?.[RELEASE_LABEL];
  return {
    apiVersion,
    kind,
    metadata: {
      name,
      ...(namespace === undefined ? {} : { namespace }),
      ...(uid === undefined ? {} : { uid }),
      ...(finalizers === undefined ? {} : { finalizers }),
      ...(label === undefined ? {} : { labels: { [RELEASE_LABEL]: label } }),
    },
  };
}
