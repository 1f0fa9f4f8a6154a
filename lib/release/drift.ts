import type { KubeApi } from '../client/api';
import { ApiError } from '../client/errors';
import { TOOL } from '../kube/contract';
import { isFields, listAt, textAt } from '../kube/fields';
import { withValuesOf } from '../kube/hidden-values';
import { displayName, type KubeObject, keyOf } from '../kube/object';
import type { FieldChange } from './model/plan';
import { bounded } from './model/stream';
import type { Survey } from './model/survey';
import { type Drift, driftOf, type EditedField } from './ownership/drift';
import { diff } from './planning/diff';
import { type DryRun, dryRunAll, PARALLEL } from './planning/dry-run';
import { overlap } from './planning/edits';

/**
 * How live objects differ from the released ones. As in a plan, only the live object and the API server tell: an object that is
 * not certainly as released is tried with a dry run. Values of Secrets are not recorded, and so not compared. While a release
 * runs, what it changes itself is no drift.
 */
export async function driftOfAll(api: KubeApi, found: Survey): Promise<readonly Drift[]> {
  const { live, recorded, scaled, stored } = found;
  const isRunning = stored?.head.journal !== undefined;
  const all = await bounded([...recorded], PARALLEL, async ([key, one]) => {
    const there = live.get(key);
    const seen = driftOf(one, there, scaled.has(key));
    const isKnown = there === undefined || seen?.kind === 'replaced' || isRunning || one.manifest.kind === 'Secret';
    return isKnown ? seen : drifted(api, found, withValuesOf(one.manifest, there).object, there, seen);
  });
  return all.flatMap((one) => one ?? []);
}

/** The drift of an object that exists. `seen` is what its managed fields tell. */
async function drifted(
  api: KubeApi,
  found: Survey,
  manifest: KubeObject,
  live: KubeObject,
  seen: Drift | undefined,
): Promise<Drift | undefined> {
  const answer = await tried(api, found, manifest);
  if (answer === undefined) return undefined;
  const object = displayName(live);
  if (typeof answer === 'string') return seen ?? { object, kind: 'unverified', fields: [], reason: answer };
  const changes = diff(live, answer.object, manifest);
  const edits = seen?.fields.filter((edit) => changes.some((change) => overlap(change, edit))) ?? [];
  const others = changes.filter((change) => !edits.some((edit) => overlap(change, edit)));
  const fields = [...edits, ...others.map((change) => editedAsOurs(change, live))];
  return fields.length === 0 ? undefined : { object, kind: 'edited', fields };
}

/** The API server's answer, or why there is none; undefined when the object is certainly as released, and nothing was sent. */
async function tried(
  api: KubeApi,
  found: Survey,
  manifest: KubeObject,
): Promise<Extract<DryRun, { kind: 'accepted' }> | string | undefined> {
  const one = { ...found, desired: { ...found.desired, objects: [manifest] } };
  try {
    const answer = (await dryRunAll(api, one, { keepSize: true }, true, new Set())).get(keyOf(manifest));
    if (answer === undefined || answer.kind === 'accepted') return answer;
    if (answer.kind === 'refused') return answer.problems.map(({ message }) => message).join('; ');
    return answer.kind === 'immutable' ? answer.message : `the dry run ended with ${answer.kind}`;
  } catch (error) {
    // A webhook that is down must not hide the status.
    if (error instanceof ApiError) return error.text;
    throw error;
  }
}

/** A field that differs although its managed fields say that this tool set it. */
function editedAsOurs({ path, ...change }: FieldChange, live: KubeObject): EditedField {
  if (!('from' in change)) return { path };
  const ours = listAt(live, 'metadata', 'managedFields').find(
    (entry) => isFields(entry) && entry.manager === TOOL && entry.operation === 'Apply',
  );
  const time = textAt(ours, 'time');
  return { path, manager: TOOL, ...(time === undefined ? {} : { time }) };
}
