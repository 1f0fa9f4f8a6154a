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

/** Options for adopting a stack. */
export interface AdoptOptions extends ReleaseOptions {
  /** The Helm release that created it. @default - the one with the release's name, if any */
  readonly helmRelease?: string;
  /** What happens to objects of the Helm release that the manifests do not have. @default - refused while there are any */
  readonly unlisted?: Unlisted;
  /** What happens to Helm's record afterwards. @default 'park': kept, and hidden from helm */
  readonly helmRecord?: HelmRecordEnd;
}

/**
 * Releases manifests over objects that kubectl, Helm, Argo CD, Flux or no tool manages: this tool takes over their fields, and
 * whatever the manifests no longer have is removed. History starts with the Helm revision. Until everything is deployed, Helm's
 * record stays unchanged, and a failure returns every object.
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

/** What an adoption would do, and whether it is possible. Writes nothing. */
export function planAdoption(engine: Engine, path: string, options: AdoptOptions = {}): Promise<Proposal> {
  return plan(engine, path, { ...options, adopt: true }, originOf(engine, options, {}));
}

/** The Helm release found while reading the manifests. */
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

/** Objects of a Helm release whose record was not read: `helm uninstall` would still delete them. */
function otherReleases({ objects }: Plan, known: string | undefined): readonly Problem[] {
  const seen = new Map(objects.flatMap(({ live, manifest }) => (live && manifest ? [[keyOf(live), live] as const] : [])));
  return [...seen.values()].flatMap((live) => {
    const name = helmReleaseOf(live);
    if (name === undefined || name === known) return [];
    const remedy = `Name it with --helm-release ${name}. When its record is gone, adopt the objects alone: \`serving apply --adopt\`.`;
    return [{ code: 'HELM_RECORD' as const, subject: displayName(live), message: `belongs to the Helm release ${name}`, remedy }];
  });
}
