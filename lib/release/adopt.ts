import type { Problem } from '../errors/problem';
import { displayName, keyOf } from '../kube/object';
import { formerHelm, helmReleaseOf, type Unlisted } from './adoption/former-helm';
import { endHelmRecords, type HelmRecordEnd, type HelmRelease, readHelmRelease } from './adoption/helm-records';
import { type Origin, releasing } from './apply';
import type { Engine } from './model/engine';
import type { ReleaseEvent, ReleaseResult } from './model/events';
import { failureOf } from './model/failure';
import type { ReleaseOptions } from './model/options';
import type { Plan } from './model/plan';
import { type Proposal, plan } from './plan';

/** How a stack is adopted. */
export interface AdoptOptions extends ReleaseOptions {
  /** The Helm release that has made it. @default - the one of the release's name, if there is one */
  readonly helmRelease?: string;
  /** What becomes of objects of the Helm release that the manifests do not have. @default - refused while there are any */
  readonly unlisted?: Unlisted;
  /** What becomes of Helm's record when all is done. @default 'park': kept, and hidden from helm */
  readonly helmRecord?: HelmRecordEnd;
}

/**
 * Releases manifests over what kubectl, Helm, Argo CD, Flux or nobody manages: their fields become this tool's, and what the manifests no
 * longer have goes. History begins with the revision of Helm. Until all of it is deployed, Helm's record is as it was, and a failure
 * gives every object back.
 */
export async function* adopt(
  engine: Engine,
  path: string,
  options: AdoptOptions = {},
): AsyncGenerator<ReleaseEvent, ReleaseResult, void> {
  const helm: Found = {};
  const progress = releasing(
    engine,
    () => engine.host.read(path, options),
    { ...options, adopt: true },
    originOf(engine, options, helm),
  );
  const result = yield* progress;
  const settled = result.outcome === 'succeeded' || result.outcome === 'unchanged';
  if (!settled || helm.release === undefined) return result;
  const problem = await endHelmRecords(engine, helm.release, options.helmRecord ?? 'park').catch(
    (error: unknown) => failureOf(error).problem,
  );
  yield { type: 'warning', problem };
  return result;
}

/** What an adoption would do, and whether it could. Writes nothing. */
export function planAdoption(engine: Engine, path: string, options: AdoptOptions = {}): Promise<Proposal> {
  return plan(engine, path, { ...options, adopt: true }, originOf(engine, options, {}));
}

/** The Helm release that was found while the manifests were read. */
interface Found {
  release?: HelmRelease | undefined;
  problems?: readonly Problem[] | undefined;
}

function originOf(engine: Engine, options: AdoptOptions, found: Found): Origin {
  return {
    former: async (desired) => {
      found.release = await readHelmRelease(engine, options.helmRelease ?? desired.release, desired.namespace);
      const former = found.release && (await formerHelm(engine, found.release.deployed, desired, options.unlisted));
      found.problems = former?.problems;
      return former;
    },
    check: (planned) => [...(found.problems ?? []), ...otherReleases(planned, found.release?.deployed.name)],
  };
}

/** Objects of a Helm release whose record was not read: `helm uninstall` would go on deleting them. */
function otherReleases({ objects }: Plan, known: string | undefined): readonly Problem[] {
  const seen = new Map(objects.flatMap(({ live, manifest }) => (live && manifest ? [[keyOf(live), live] as const] : [])));
  return [...seen.values()].flatMap((live) => {
    const name = helmReleaseOf(live);
    if (name === undefined || name === known) return [];
    const remedy = `Name it with --helm-release ${name}. When its record is gone, adopt the objects alone: \`serving apply --adopt\`.`;
    return [{ code: 'HELM_RECORD' as const, subject: displayName(live), message: `belongs to the Helm release ${name}`, remedy }];
  });
}
