import { ServingError } from '../errors/problem';
import { displayName, keyOf } from '../kube/object';
import { type ReleaseName, unknownRelease } from './history';
import type { Engine } from './model/engine';
import type { Revision } from './model/revision';
import { type Drift, driftOf } from './ownership/drift';
import { survey } from './planning/survey';
import { readinessOf } from './readiness';
import { deployedOf } from './record/record';

/** How one object of a release is doing. */
export interface ObjectOverview {
  /** The object, `Deployment/fraud-model`. */
  readonly object: string;
  /** In kstatus' words: `Current`, `InProgress`, `Failed`, `NotFound`, … */
  readonly status: string;
  /** The same in words. */
  readonly message: string;
}

/** How a release is doing. */
export interface Overview extends ReleaseName {
  /** What is in the cluster. */
  readonly deployed?: Revision;
  /** What happened last, whether it went well or not. */
  readonly last?: Revision;
  /** An interrupted release; the next run recovers it. */
  readonly interrupted?: Revision;
  /** All objects of the deployed revision. */
  readonly objects: readonly ObjectOverview[];
  /** How live objects differ from what was released. */
  readonly drift: readonly Drift[];
}

/** What is deployed, what happened last, and how every object is doing. Reads only. */
export async function status(engine: Engine, name: ReleaseName): Promise<Overview> {
  // Head, content and live objects are read once, by the survey of a release of nothing.
  const { stored, recorded, live, scaled, warnings } = await survey(engine, {
    ...name,
    objects: [],
    gates: [],
    sources: new Map(),
  });
  if (stored === undefined) throw new ServingError([unknownRelease(name)]);
  if (warnings.length > 0) throw new ServingError(warnings);
  const { head } = stored;
  const deployed = deployedOf(head);
  const last = head.revisions.at(-1);
  const objects = [...recorded.values()].map(({ manifest }): ObjectOverview => {
    const { status: word, message } = readinessOf(live.get(keyOf(manifest)));
    return { object: displayName(manifest), status: word, message };
  });
  const drift = [...recorded].flatMap(([key, object]) => driftOf(object, live.get(key), scaled.has(key)) ?? []);
  const revisions = { ...(deployed ? { deployed } : {}), ...(last ? { last } : {}) };
  return { ...name, ...revisions, ...(head.journal ? { interrupted: head.journal.revision } : {}), objects, drift };
}
