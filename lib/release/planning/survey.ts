import type { KindSelector } from '../../client/api';
import { ApiError } from '../../client/errors';
import { unservedKind } from '../../client/mapping';
import { type Problem, ServingError } from '../../errors/problem';
import { scaleTargetOf } from '../../kube/autoscaler';
import { RELEASE_LABEL } from '../../kube/contract';
import { groupOf, type KubeObject, keyOf } from '../../kube/object';
import type { ManifestFiles } from '../../manifests';
import { type Desired, guess, type LoadOptions, resolve } from '../../manifests/load';
import type { Engine } from '../model/engine';
import { type KindPlace, placeOf } from '../model/record';
import type { Survey } from '../model/survey';
import { belongsTo } from '../ownership/ownership';
import { deployedOf } from '../record/record';
import { Store } from '../record/store';

const AUTOSCALER = { apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' } as const;

/**
 * Reads the record and live objects: one LIST per kind and namespace, in parallel, plus the record's head and content.
 * @param wanted manifests to read, or the result of reading them
 */
export async function survey(engine: Engine, wanted: ManifestFiles | Desired, options: LoadOptions = {}): Promise<Survey> {
  const hint = isDesired(wanted) ? wanted : guess(wanted, options);
  const reading =
    hint.release === undefined ? undefined : read(engine, hint.release, hint.namespace ?? 'default').catch(forbidden);
  reading?.catch(() => undefined); // errors in the manifests take precedence
  const desired = isDesired(wanted) ? wanted : await resolve(wanted, options, (object) => engine.api.scopeOf(object));
  const first = await reading;
  const right = desired.release === hint.release && desired.namespace === hint.namespace;
  const { stored, content, lists, warnings } = right && first ? first : await read(engine, desired.release, desired.namespace);
  const places = desired.objects.map(placeOf);
  await Promise.all([...lists.values(), ...places.map((place) => listOnce(engine, lists, place, desired.release))]);
  const items = (await Promise.all(lists.values())).flat();
  const recorded = new Map(content?.objects.map((object) => [keyOf(object.manifest), object]));
  const uids = new Set(content?.objects.flatMap(({ uid }) => uid ?? []));
  return {
    desired,
    stored,
    recorded,
    ...(content === undefined ? {} : { gates: content.gates.map(({ manifest }) => manifest) }),
    uids,
    live: new Map(items.filter((object) => belongsTo(object, desired, uids)).map((object) => [keyOf(object), object])),
    scaled: scaledBy([...items, ...desired.objects]),
    warnings,
  };
}

type Lists = Map<string, Promise<readonly KubeObject[]>>;

async function read(engine: Engine, release: string, namespace: string) {
  const store = new Store(engine, release, namespace);
  const lists: Lists = new Map();
  const autoscalers = listOnce(engine, lists, { ...AUTOSCALER, namespace }, release);
  autoscalers.catch(() => undefined); // awaited with the others
  const stored = await store.head();
  const deployed = deployedOf(stored?.head);
  const listed = Promise.all((stored?.head.kinds ?? []).map((place) => listOnce(engine, lists, place, release)));
  const warnings: Problem[] = [];
  const damaged = (error: unknown) => {
    if (!(error instanceof ServingError) || error.problems[0]?.code !== 'RECORD_DAMAGED') throw error;
    warnings.push(...error.problems);
  };
  const [content] = await Promise.all([deployed && store.content(deployed.content).catch(damaged), listed]);
  return { stored, content: content ?? undefined, lists, warnings };
}

/** A guess may name a namespace that the user may not access; whether it was right is known later. */
function forbidden(error: unknown): undefined {
  if (!(error instanceof ApiError && error.status === 403)) throw error;
}

/** One LIST per kind and namespace, regardless of the version requested. */
async function listOnce(engine: Engine, lists: Lists, place: KindPlace, release: string): Promise<void> {
  const key = `${groupOf(place.apiVersion)}/${place.kind}/${place.namespace ?? ''}`;
  const running = lists.get(key) ?? list(engine, place, release);
  lists.set(key, running);
  await running;
}

async function list(engine: Engine, place: KindPlace, release: string): Promise<readonly KubeObject[]> {
  // Autoscalers from elsewhere count too: they determine who owns the replicas.
  const all = place.kind === AUTOSCALER.kind;
  const selector: KindSelector = all ? place : { ...place, labelSelector: `${RELEASE_LABEL}=${release}` };
  try {
    return (await engine.api.list(selector)).items;
  } catch (error) {
    // A kind that the cluster does not serve has no objects; missing permission to list it is reported by the preflight.
    if (unservedKind(error) !== undefined) return [];
    if (error instanceof ApiError && (error.status === 404 || (all && error.status === 403))) return [];
    throw error;
  }
}

function isDesired(wanted: ManifestFiles | Desired): wanted is Desired {
  return 'objects' in wanted;
}

function scaledBy(objects: readonly KubeObject[]): ReadonlyMap<string, KubeObject> {
  const found = objects.flatMap((object) => {
    const target = scaleTargetOf(object);
    const key = `${target?.group}/${target?.kind}/${object.metadata.namespace}/${target?.name}`;
    return target === undefined ? [] : [[key, object] as const];
  });
  return new Map(found);
}
