import { type Problem, ServingError } from '../errors/problem';
import { commit } from './commit';
import { removeTemporary } from './gate/temporary';
import { type ReleaseName, unknownRelease } from './history';
import type { Engine, Run } from './model/engine';
import type { ReleaseEvent, ReleaseResult } from './model/events';
import type { LockOptions, ReleaseOptions } from './model/options';
import type { Head, Journal } from './model/record';
import type { Revision } from './model/revision';
import { stream } from './model/stream';
import { contentOfLive, ownedObjects, rebuild } from './record/rebuild';
import { Session } from './record/session';

/** Options for repairing a record. */
export type RepairOptions = LockOptions & Pick<ReleaseOptions, 'signal'>;

/**
 * Makes the record of a release usable again. A record that is lost, damaged or not signed with the available key is rebuilt from
 * live objects, by their labels and managed fields; a sound one loses its unreadable parts. Changes no object of the release.
 */
export function repair(
  engine: Engine,
  name: ReleaseName,
  options: RepairOptions = {},
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  return stream(async (emit, signal) => {
    try {
      return await mend({ ...engine, emit, signal }, name, options);
    } catch (error) {
      if (!(error instanceof ServingError)) throw error;
      return { ...name, outcome: 'refused', problems: error.problems };
    }
  }, options.signal);
}

async function mend(run: Run, name: ReleaseName, options: RepairOptions): Promise<ReleaseResult> {
  const { release, namespace } = name;
  const session = await Session.open(run, release, namespace, 0, { ...options, replace: true });
  const { head } = session;
  const lost = head.revisions.length === 0 && head.journal === undefined;
  const found = lost ? session.resourceVersion : 'sound';
  try {
    if (!lost) return await mendParts(session, name);
    if (await rebuild(session)) return { ...name, outcome: 'succeeded', problems: [] };
    if (found === undefined) return { ...name, outcome: 'refused', problems: [unknownRelease(name)] };
    await session.destroy();
    return { ...name, outcome: 'succeeded', problems: [] };
  } finally {
    await session.close(session.resourceVersion === undefined);
  }
}

async function mendParts(session: Session, name: ReleaseName): Promise<ReleaseResult> {
  const { store, head } = session;
  const { journal } = head;
  if (journal !== undefined && (await isGivenUp(session, journal))) return { ...name, outcome: 'succeeded', problems: [] };
  const revisions: Revision[] = [];
  for (const revision of head.revisions) revisions.push(await readable(session, revision));
  if (revisions.every((revision, index) => revision === head.revisions[index]))
    return { ...name, outcome: 'unchanged', problems: [] };
  const deployed = revisions.findLast(({ state }) => state === 'deployed');
  if (deployed !== undefined && deployed.content.length === 0) {
    const { objects } = await ownedObjects(session.run, store.release, store.namespace);
    const content = await session.write(() => store.putContent(contentOfLive(objects)));
    revisions[revisions.indexOf(deployed)] = { ...deployed, content, rebuilt: true };
  }
  await session.save({ revisions } satisfies Partial<Head>);
  return { ...name, outcome: 'succeeded', problems: [] };
}

/** Whether the steps of an interrupted release are unreadable, so that it was recorded as failed instead of rolled back. */
async function isGivenUp(session: Session, journal: Journal): Promise<boolean> {
  const { store, run } = session;
  try {
    await Promise.all([store.steps(journal), store.aside(journal)]);
    return false;
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const message = `what revision ${journal.revision.revision} was changing when it was interrupted cannot be read any more`;
    const problem = { ...error.problems[0], message, remedy: 'Apply the manifests again: that compares every object.' };
    run.emit({ type: 'warning', problem });
    await removeTemporary(session, journal);
    const failure = { problem, events: [], logs: [] };
    await commit(session, { ...journal.revision, state: 'failed', failure, left: [message] }, session.head.kinds);
    return true;
  }
}

/** Whether a part of the record is missing, or differs from what was written. */
function isDamaged(error: unknown): error is ServingError & { readonly problems: readonly [Problem, ...Problem[]] } {
  return error instanceof ServingError && error.problems[0]?.code === 'RECORD_DAMAGED';
}

/** The revision, without manifests when these are no longer readable. */
async function readable({ store, run }: Session, revision: Revision): Promise<Revision> {
  if (revision.content.length === 0) return revision;
  try {
    await store.content(revision.content);
    return revision;
  } catch (error) {
    if (!isDamaged(error)) throw error;
    const problem = { ...error.problems[0], message: `the manifests of revision ${revision.revision} cannot be read any more` };
    run.emit({ type: 'warning', problem });
    return { ...revision, content: [] };
  }
}
