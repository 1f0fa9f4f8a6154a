import { ServingError } from '../../errors/problem';
import { named, uidOf } from '../../kube/address';
import { CANARY_COMMAND_ANNOTATION, CANDIDATE_OF_ANNOTATION, type CanaryCommand } from '../../kube/contract';
import { RUN_LABEL } from '../gate/temporary';
import type { Engine } from '../model/engine';
import { Store } from '../record/store';

/** A release, and a user's decision about its canary. */
export interface CanaryDecision {
  /** Name of the release. */
  readonly release: string;
  /** Its namespace. */
  readonly namespace: string;
  /** The decision. */
  readonly command: CanaryCommand;
  /** Limits the decision to one workload, `fraud-model`. @default - all in progress */
  readonly workload?: string;
}

/**
 * Passes a user's decision about a canary step to the releasing process. Returns the workloads it applies to. Throws when no
 * canary is in progress.
 */
export async function decideCanary(
  engine: Engine,
  { release, namespace, command, workload }: CanaryDecision,
): Promise<readonly string[]> {
  const { api, host } = engine;
  const journal = (await new Store(engine, release, namespace).head())?.head.journal;
  const places = (journal?.temporary ?? []).filter(({ kind }) => kind === 'Deployment');
  const lists = await Promise.all(places.map((place) => api.list({ ...place, labelSelector: `${RUN_LABEL}=${journal?.run}` })));
  const candidates = lists
    .flatMap(({ items }) => items)
    .flatMap((candidate) => {
      const of = candidate.metadata.annotations?.[CANDIDATE_OF_ANNOTATION];
      return of === undefined || (workload !== undefined && of !== workload) ? [] : [{ candidate, of }];
    });
  if (candidates.length === 0) {
    const message = `no canary is under way${workload === undefined ? '' : ` for ${workload}`}`;
    const remedy =
      journal === undefined
        ? 'See serving status for the release.'
        : 'Its candidate is not up yet, or gone already; see serving status.';
    throw new ServingError([{ code: 'CANARY_NOT_RUNNING', subject: release, message, remedy }]);
  }
  // The id distinguishes two equal decisions.
  const text = `${command} ${host.id()}`;
  for (const { candidate } of candidates) {
    await api.merge(named(candidate), {
      metadata: { ...uidOf(candidate), annotations: { [CANARY_COMMAND_ANNOTATION]: text } },
    });
  }
  return candidates.map(({ of }) => of);
}
