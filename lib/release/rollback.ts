import { type Problem, ServingError } from '../errors/problem';
import { named } from '../kube/address';
import { withValuesOf } from '../kube/hidden-values';
import { displayName, type KubeObject } from '../kube/object';
import { splitGates } from '../manifests/gates';
import type { Desired } from '../manifests/load';
import { type Origin, releasing } from './apply';
import { type ReleaseName, readHead } from './history';
import { contentOfRevision, unknownRevision } from './manifest';
import type { Engine } from './model/engine';
import type { ReleaseEvent, ReleaseResult } from './model/events';
import type { ReleaseOptions } from './model/options';
import type { Plan } from './model/plan';
import type { Content, Head } from './model/record';
import type { Revision } from './model/revision';
import { consentReason } from './recovery/evidence';

/**
 * Rolls back to a revision that was deployed: a normal release of its manifests, with its gates, under the same rules.
 * @param to a revision's number. Default: the last successful revision before the deployed one
 */
export function rollback(
  engine: Engine,
  name: ReleaseName,
  { to, ...options }: ReleaseOptions & { readonly to?: number } = {},
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  const origin: { of?: number; readonly check: Origin['check'] & {} } = {
    check: (planned) => (options.recover || engine.signer ? [] : unprovedRights(planned)),
  };
  const wanted = async (): Promise<Desired> => {
    const head = await readHead(engine, name);
    const target = targetOf(head, to);
    if (target === undefined) throw new ServingError([unknownRevision(head, to)]);
    origin.of = target.revision;
    const desired = await desiredOf(engine, head, await contentOfRevision(engine, head, target));
    return target.artifact === undefined ? desired : { ...desired, artifact: target.artifact };
  };
  // A rollback skips the canary steps.
  return releasing(engine, wanted, { skipCanary: true, keepSize: true, ...options }, origin);
}

/** Writes of a rollback outside the release's namespace, or to roles, that only the record justifies. */
function unprovedRights(planned: Plan): readonly Problem[] {
  return planned.objects.flatMap(({ action, manifest }): Problem[] => {
    if (manifest === undefined || !['create', 'change', 'replace'].includes(action)) return [];
    const { apiVersion, metadata } = manifest;
    const { namespace } = metadata;
    const reason = consentReason({ apiVersion, ...(namespace === undefined ? {} : { namespace }) }, planned.namespace);
    if (reason === undefined) return [];
    const message = `the rollback would ${action} this object as the record says, and ${reason}`;
    const remedy = 'Compare it with what was released, then agree with --recover; or apply the manifests of that revision.';
    return [{ code: 'RECOVERY_CONSENT', subject: displayName(manifest), message, remedy }];
  });
}

/** The revision to roll back to. */
export function targetOf({ revisions }: Head, to: number | undefined): Revision | undefined {
  const good = revisions.filter(({ content }) => content.length > 0);
  return to === undefined ? good.findLast(({ state }) => state === 'superseded') : good.find(({ revision }) => revision === to);
}

/** Recorded manifests as a release. Secret values are the live ones: the record never stored any. */
async function desiredOf(engine: Engine, { release, namespace }: Head, content: Content): Promise<Desired> {
  const recorded = [...content.objects, ...content.gates];
  const problems: Problem[] = [];
  const all = await Promise.all(recorded.map(({ manifest }) => withValues(engine, manifest, problems)));
  const { objects, gates } = splitGates(all, problems);
  if (problems.length > 0) throw new ServingError(problems);
  return { release, namespace, objects, gates };
}

async function withValues(engine: Engine, manifest: KubeObject, problems: Problem[]): Promise<KubeObject> {
  // An object that lacks nothing needs no request.
  if (manifest.kind !== 'Secret' && withValuesOf(manifest, undefined).missing.length === 0) return manifest;
  const { object, missing } = withValuesOf(manifest, await engine.api.get(named(manifest)));
  if (missing.length > 0) {
    const message = 'the record holds no secret values, and the cluster does not have these any more';
    const remedy = 'Apply the folder of manifests of that revision instead.';
    problems.push({ code: 'ROLLBACK_IMPOSSIBLE', subject: displayName(manifest), message, got: missing, remedy });
  }
  return object;
}
