import { fieldsAt, listAt, textAt } from '../../kube/fields';
import { type KubeObject, keyOf } from '../../kube/object';
import { SET_LABEL } from '../readiness/disaggregated-set';
import { isFinished } from '../readiness/job';
import { GROUP_LABEL } from '../readiness/leader-worker-set';

/** The current state of the watches. */
export interface View {
  /** The existing objects of a kind. */
  ofKind(kind: string): readonly KubeObject[];
  /** The object with a key (`keyOf`), if it exists. */
  find(key: string): KubeObject | undefined;
  /** The objects of a kind with this owner, or with labels that name it as their group. Compare their owner's uid. */
  childrenOf(owner: KubeObject, kind: string): readonly KubeObject[];
  /** The events about an object, and about earlier objects of the same name. */
  eventsOf(object: KubeObject): readonly KubeObject[];
  /** The last state of a finished Job that was deleted while watched. */
  lastOf(key: string): KubeObject | undefined;
  /** Whether every watch has listed its objects: before that, absence proves nothing. */
  readonly complete: boolean;
}

/** The address of an object, regardless of version or group: compare the uid of what is found. */
export type Place = string;

/** The place of an object. */
export function placeKey({ kind, metadata: { namespace = '', name } }: KubeObject): Place {
  return `${kind}/${namespace}/${name}`;
}

/** An object without its `managedFields`: they take much memory and say nothing about readiness. */
export function withoutManagers({ metadata: { managedFields: _managers, ...metadata }, ...rest }: KubeObject): KubeObject {
  return { ...rest, metadata };
}

/**
 * The results of several watches, indexed by owner: examining one workload costs as much as its pods, regardless of the rest of
 * the namespace.
 */
export class Tables implements View {
  /** Changes since the last call to `takeNews`, including all their owners. */
  private news = new Set<Place>();
  private readonly tables: readonly Map<string, KubeObject>[];
  private readonly places = new Map<Place, Map<string, KubeObject>>();
  private readonly related = new Map<Place, Map<string, KubeObject>>();
  private readonly listed = new Set<number>();
  /** Deleted finished Jobs, from their last events: a Job with a TTL may be deleted at once. */
  private readonly ended = new Map<string, KubeObject>();
  private readonly kinds: readonly string[];

  /** @param kinds the kind of each watch */
  constructor(kinds: readonly string[]) {
    this.kinds = kinds;
    this.tables = kinds.map(() => new Map());
  }

  get complete(): boolean {
    return this.listed.size === this.tables.length;
  }

  /** Processes a watch's new listing, which replaces everything earlier. */
  reset(watch: number, items: readonly KubeObject[]): void {
    for (const object of [...(this.tables[watch]?.values() ?? [])]) this.drop(watch, object);
    for (const item of items) this.put(watch, item);
    this.listed.add(watch);
  }

  /** Processes an object that is new or has changed. */
  put(watch: number, object: KubeObject): void {
    const key = keyOf(object);
    const before = this.tables[watch]?.get(key);
    if (before !== undefined) this.unrelate(key, before);
    this.tables[watch]?.set(key, object);
    addTo(this.places, placeKey(object), key, object);
    for (const place of relationsOf(object)) addTo(this.related, place, key, object);
    this.tell(object);
  }

  drop(watch: number, object: KubeObject): void {
    const key = keyOf(object);
    this.unrelate(key, this.tables[watch]?.get(key) ?? object);
    this.tables[watch]?.delete(key);
    if (isFinished(object)) this.ended.set(key, object);
    dropFrom(this.places, placeKey(object), key);
    this.tell(object);
  }

  /** The places of changes since the last call: of the objects, their owners, and the owners of these. */
  takeNews(): ReadonlySet<Place> {
    const { news } = this;
    this.news = new Set();
    return news;
  }

  ofKind(kind: string): readonly KubeObject[] {
    return this.tables.flatMap((table, index) => (this.kinds[index] === kind ? [...table.values()] : []));
  }

  find(key: string): KubeObject | undefined {
    return this.tables.find((table) => table.has(key))?.get(key);
  }

  lastOf(key: string): KubeObject | undefined {
    return this.ended.get(key);
  }

  childrenOf(owner: KubeObject, kind: string): readonly KubeObject[] {
    return [...(this.related.get(placeKey(owner))?.values() ?? [])].filter((object) => object.kind === kind);
  }

  eventsOf(object: KubeObject): readonly KubeObject[] {
    return this.childrenOf(object, 'Event');
  }

  private unrelate(key: string, object: KubeObject): void {
    for (const place of relationsOf(object)) dropFrom(this.related, place, key);
  }

  private tell(object: KubeObject): void {
    const open = [placeKey(object), ...relationsOf(object)];
    // A pod is news for the Deployment of its ReplicaSet, an event for all three.
    for (const place of open) {
      if (this.news.has(place)) continue;
      this.news.add(place);
      for (const there of this.places.get(place)?.values() ?? []) open.push(...relationsOf(there));
    }
  }
}

function addTo(index: Map<Place, Map<string, KubeObject>>, place: Place, key: string, object: KubeObject): void {
  const there = index.get(place) ?? new Map<string, KubeObject>();
  index.set(place, there.set(key, object));
}

function dropFrom(index: Map<Place, Map<string, KubeObject>>, place: Place, key: string): void {
  const there = index.get(place);
  there?.delete(key);
  if (there?.size === 0) index.delete(place);
}

/** The places that an object belongs to: its owners, its group from labels, the object of an event. */
function relationsOf(object: KubeObject): readonly Place[] {
  const { namespace = '', labels = {} } = object.metadata;
  const at = (kind: string, name: string): Place => `${kind}/${namespace}/${name}`;
  if (object.kind === 'Event') {
    const about = fieldsAt(object, 'involvedObject');
    return [at(textAt(about, 'kind') ?? '', textAt(about, 'name') ?? '')];
  }
  const owners = listAt(object, 'metadata', 'ownerReferences').map((owner) =>
    at(textAt(owner, 'kind') ?? '', textAt(owner, 'name') ?? ''),
  );
  const groups = [
    ['LeaderWorkerSet', labels[GROUP_LABEL]],
    ['DisaggregatedSet', labels[SET_LABEL]],
  ] as const;
  return [...owners, ...groups.flatMap(([kind, name]) => (name === undefined ? [] : [at(kind, name)]))];
}
