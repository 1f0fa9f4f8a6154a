import { ServingError } from '../errors/problem';
import { displayName, type KubeObject } from '../kube/object';
import { driftOfAll } from './drift';
import { type ReleaseName, unknownRelease } from './history';
import type { Engine } from './model/engine';
import type { RecordedObject } from './model/record';
import type { Revision } from './model/revision';
import { agentOf, type OwningAgent } from './ownership/agent';
import { isCompleted } from './ownership/compare';
import type { Drift } from './ownership/drift';
import { labelledObjects } from './ownership/labelled';
import { survey } from './planning/survey';
import { readinessOf } from './readiness';
import { deployedOf } from './record/record';

/** The status of one object in a release. */
export interface ObjectOverview {
  /** The object, `Deployment/fraud-model`. */
  readonly object: string;
  /** In kstatus terms: `Current`, `InProgress`, `Failed`, `NotFound`, … */
  readonly status: string;
  /** The status as a message. */
  readonly message: string;
}

/** The status of a release. */
export interface Overview extends ReleaseName {
  /** The revision in the cluster. */
  readonly deployed?: Revision;
  /** The last revision, whether successful or not. */
  readonly last?: Revision;
  /** An interrupted release; the next run recovers it. */
  readonly interrupted?: Revision;
  /** The GitOps agent that applies the objects; there is then no record. */
  readonly appliedBy?: OwningAgent;
  /** All objects of the deployed revision, or those with the release's label that the agent applies. */
  readonly objects: readonly ObjectOverview[];
  /** How live objects differ from the released ones. */
  readonly drift: readonly Drift[];
}

/** The objects that a GitOps agent applies: there is no record to compare them with. */
async function statusOfAgent({ api }: Engine, name: ReleaseName): Promise<Overview> {
  const { objects } = await labelledObjects(api, name.release, name.namespace);
  const ours = objects.flatMap((object) => ({ object, agent: agentOf(object) })).filter(({ agent }) => agent !== undefined);
  const [first] = ours;
  if (first?.agent === undefined) throw new ServingError([unknownRelease(name)]);
  const statuses = ours.map(({ object }) => overviewOf(displayName(object), object));
  return { ...name, appliedBy: first.agent, objects: statuses, drift: [] };
}

function overviewOf(object: string, live: KubeObject | undefined): ObjectOverview {
  const { status, message } = readinessOf(live);
  return { object, status, message };
}

/** A missing Job with a TTL has completed. */
function overviewOfRecorded(recorded: RecordedObject, live: KubeObject | undefined): ObjectOverview {
  const { manifest } = recorded;
  const removed = live === undefined && isCompleted(manifest, recorded);
  const object = displayName(manifest);
  return removed ? { object, status: 'Current', message: 'Completed, removed' } : overviewOf(object, live);
}

/** The deployed revision, the last one, the status of every object, and drift. Writes nothing. */
export async function status(engine: Engine, name: ReleaseName): Promise<Overview> {
  // Reuses the survey of an empty release to read head, content and live objects once.
  const found = await survey(engine, { ...name, objects: [], gates: [] });
  const { stored, recorded, live, warnings } = found;
  if (stored === undefined) return statusOfAgent(engine, name);
  if (warnings.length > 0) throw new ServingError(warnings);
  const { head } = stored;
  const deployed = deployedOf(head);
  const last = head.revisions.at(-1);
  const objects = [...recorded].map(([key, one]) => overviewOfRecorded(one, live.get(key)));
  const drift = await driftOfAll(engine.api, found);
  const revisions = { ...(deployed ? { deployed } : {}), ...(last ? { last } : {}) };
  return { ...name, ...revisions, ...(head.journal ? { interrupted: head.journal.revision } : {}), objects, drift };
}
