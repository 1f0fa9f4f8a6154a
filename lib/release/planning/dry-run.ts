import type { KubeApi } from '../../client/api';
import { ApiError } from '../../client/errors';
import { unservedKind } from '../../client/mapping';
import type { Problem } from '../../errors/problem';
import { named } from '../../kube/address';
import { displayName, type KubeObject, keyOf } from '../../kube/object';
import { namespacesIn } from '../../manifests/load';
import type { Conflict, FieldPolicy, PlanOptions } from '../model/plan';
import { bounded } from '../model/stream';
import type { Survey } from '../model/survey';
import { isAgentManager } from '../ownership/agent';
import { isCompleted, isDrift, isUnchanged, manifestFor } from '../ownership/compare';
import { conflictsOf, covers } from '../ownership/conflicts';
import { formerFields } from '../ownership/takeover';

/** The API server's response to a dry run of an object. */
export type DryRun =
  /**
   * `existing` when the object exists without the release label; `fresh` is what the manifest would become without it, if it can
   * be adopted. `conflicts`: fields that will be taken.
   */
  | {
      readonly kind: 'accepted';
      readonly object: KubeObject;
      readonly conflicts: readonly Conflict[];
      readonly existing?: KubeObject;
      readonly fresh?: KubeObject;
    }
  | { readonly kind: 'conflict'; readonly conflicts: readonly Conflict[]; readonly existing?: KubeObject }
  | { readonly kind: 'immutable'; readonly message: string }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  /** Unknown until something else exists: a namespace, or (`unserved`) the CRD of its kind. */
  | { readonly kind: 'unverified'; readonly reason: string; readonly unserved?: Problem };

/** Enough concurrent requests to keep an API server busy, few enough not to overload it. */
export const PARALLEL = 32;

const IMMUTABLE =
  /immutable|updates to .* are forbidden|may not (be )?(change|update)|cannot (be )?change|Forbidden: (pod )?updates/i;

/**
 * Tries every object not known to be unchanged, in parallel.
 *
 * @param missing names of namespaces that do not exist: objects in them cannot be tried
 */
export async function dryRunAll(
  api: KubeApi,
  survey: Survey,
  policy: PlanOptions,
  adopt: boolean,
  missing: ReadonlySet<string>,
): Promise<Map<string, DryRun>> {
  const { desired, live, recorded, scaled } = survey;
  const open = desired.objects.filter((object) => {
    const seen = live.get(keyOf(object));
    const known = recorded.get(keyOf(object));
    return seen === undefined
      ? !isCompleted(object, known, policy)
      : !isUnchanged(object, seen, known, scaled.has(keyOf(object)), policy);
  });
  const own = namespacesIn(desired);
  const answers = await bounded(open, PARALLEL, async (object): Promise<[string, DryRun]> => {
    const key = keyOf(object);
    const seen = live.get(key);
    // Values set by an agent are shown as a difference; `apply` refuses such a stack as a whole.
    const ours = (conflict: Conflict) => adopt || isAgentManager(conflict.manager) || isDrift(conflict, seen, recorded.get(key));
    const manifest = manifestFor(object, seen, scaled.has(key), policy, recorded.get(key));
    const { namespace = '' } = object.metadata;
    const answer: DryRun = missing.has(namespace)
      ? { kind: 'unverified', reason: `namespaces "${namespace}" not found` }
      : await dryRun(api, manifest, seen, policy, ours, adopt);
    if (answer.kind !== 'unverified' || answer.unserved !== undefined) return [key, answer];
    const made = own.has(namespace) ? 'it comes with the release' : 'apply --create-namespace makes it';
    return [key, { ...answer, reason: `${answer.reason}; ${made}` }];
  });
  return new Map(answers);
}

async function dryRun(
  api: KubeApi,
  manifest: KubeObject,
  live: KubeObject | undefined,
  policy: FieldPolicy,
  ours: (conflict: Conflict) => boolean,
  adopt: boolean,
): Promise<DryRun> {
  const attempt = async (force: boolean, conflicts: readonly Conflict[]): Promise<DryRun> => {
    const object = await api.apply(manifest, { dryRun: true, force });
    // The response to a creation has no resourceVersion, so this object exists, without the release's label.
    const hidden = live === undefined && object.metadata.resourceVersion !== undefined;
    const existing = hidden ? await api.get(named(manifest)) : undefined;
    const fresh = existing && adopt && formerFields(existing) ? await freshOf(api, manifest) : undefined;
    return { kind: 'accepted', object, conflicts, ...(existing ? { existing } : {}), ...(fresh ? { fresh } : {}) };
  };
  try {
    return await attempt(false, []);
  } catch (error) {
    const conflicts = conflictsOf(error);
    if (conflicts.length === 0) return refusal(api, manifest, live, error);
    const existing = live ?? (await api.get(named(manifest)));
    const foreign = conflicts.filter((conflict) => !ours(conflict) && !taken(conflict, policy));
    if (foreign.length > 0) return { kind: 'conflict', conflicts: foreign, ...(existing ? { existing } : {}) };
    return attempt(true, conflicts).catch((second: unknown) => refusal(api, manifest, live, second));
  }
}

/** What a manifest becomes under another name, with every default. Undefined when the API server rejects the other name. */
async function freshOf(api: KubeApi, manifest: KubeObject): Promise<KubeObject | undefined> {
  const { metadata } = manifest;
  try {
    return await api.create(
      { ...manifest, metadata: { ...metadata, name: `adopt-${metadata.name}`.slice(0, 63) } },
      { dryRun: true },
    );
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

async function refusal(api: KubeApi, manifest: KubeObject, live: KubeObject | undefined, error: unknown): Promise<DryRun> {
  const unserved = unservedKind(error);
  if (unserved !== undefined) return { kind: 'unverified', reason: unserved.message, unserved };
  if (!(error instanceof ApiError)) throw error;
  const { status, text, reason } = error;
  if (status === 404) return { kind: 'unverified', reason: text };
  if (status < 500 || /^failed to create typed/.test(text)) {
    if (status === 422 && IMMUTABLE.test(text)) {
      const existing = live ?? (await api.get(named(manifest)));
      if (existing) return { kind: 'immutable', message: `has a field that cannot be changed: ${withoutQuotes(text)}` };
    }
    const remedy =
      reason === 'Forbidden' ? 'Ask for the permission, or change what the policy objects to.' : 'Correct the manifest.';
    const message = `the API server refuses it: ${text}`;
    return { kind: 'refused', problems: [{ code: 'MANIFEST_REFUSED', subject: displayName(manifest), message, remedy }] };
  }
  throw error;
}

function taken(conflict: Conflict, { force = [] }: FieldPolicy): boolean {
  return covers(force, conflict);
}

/** A refusal without the objects that it quotes, such as a whole template with other variables in it. */
function withoutQuotes(text: string): string {
  return text.replaceAll(/Invalid value: \{.*?\}: (?=field is immutable)/gs, '');
}
