import { objAt, textsAt } from '../../api-schema/json';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { keyOf } from '../core/store';
import { BySelector } from './by-label';
import { demandOf, type Load, type Neighbors, NO_LOAD, requiredTerms } from './fit';
import type { Kit } from './kit';
import { hasEnded } from './pods';

/** Tracks pod locations: the load of each node, and the pods that keep others out of their domain. */
export class Neighborhood {
  private readonly kit: Kit;
  private readonly loads = new Map<string, { pods: number; readonly used: Map<string, number> }>();
  /** Counted load of each scheduled pod. */
  private readonly counted = new Map<string, { readonly node: string; readonly demand: ReadonlyMap<string, number> }>();
  private readonly guarding = new BySelector();
  private readonly guards = new Map<string, { readonly pod: Obj; readonly term: Obj }>();

  constructor(kit: Kit) {
    this.kit = kit;
  }

  /** Updates the counts for a pod. */
  place(pod: Obj, gone: boolean): void {
    const key = keyOf(pod);
    const node = textOrEmpty(pod, 'spec', 'nodeName');
    const isThere = node !== '' && !gone && !hasEnded(pod);
    if (isThere === this.counted.has(key)) return;
    if (isThere) this.add(key, node, pod);
    else this.take(key, pod);
  }

  load(node: string): Load {
    return this.loads.get(node) ?? NO_LOAD;
  }

  /** Neighbors of a pod, computed once for all nodes. */
  around(nodes: readonly Obj[]): Neighbors {
    const labels = new Map(nodes.map((node) => [textOrEmpty(node, 'metadata', 'name'), textsAt(node, 'metadata', 'labels')]));
    const domainOf = (pod: Obj, term: Obj) =>
      labels.get(textOrEmpty(pod, 'spec', 'nodeName'))?.[textOrEmpty(term, 'topologyKey')];
    const found = new Map<Obj, ReadonlyMap<string, number>>();
    let guards: readonly (readonly [Obj, string])[] | undefined;
    return {
      near: (pod, term) => {
        const known = found.get(term) ?? this.count(pod, term, domainOf);
        found.set(term, known);
        return known;
      },
      guards: (pod) => {
        guards ??= this.guarding
          .matching(textOrEmpty(pod, 'metadata', 'namespace'), textsAt(pod, 'metadata', 'labels'))
          .flatMap((id): (readonly [Obj, string])[] => {
            const guard = this.guards.get(id);
            const domain = guard && domainOf(guard.pod, guard.term);
            return guard === undefined || domain === undefined ? [] : [[guard.term, domain]];
          });
        return guards;
      },
    };
  }

  private count(pod: Obj, term: Obj, domainOf: (pod: Obj, term: Obj) => string | undefined): ReadonlyMap<string, number> {
    const counts = new Map<string, number>();
    const selector = objAt(term).labelSelector;
    for (const other of this.kit.pods.matching(textOrEmpty(pod, 'metadata', 'namespace'), selector)) {
      const domain = hasEnded(other) ? undefined : domainOf(other, term);
      if (domain !== undefined) counts.set(domain, (counts.get(domain) ?? 0) + 1);
    }
    return counts;
  }

  private add(key: string, node: string, pod: Obj): void {
    const demand = demandOf(pod);
    const load = this.loads.get(node) ?? { pods: 0, used: new Map<string, number>() };
    this.loads.set(node, load);
    load.pods++;
    for (const [name, amount] of demand) load.used.set(name, (load.used.get(name) ?? 0) + amount);
    this.counted.set(key, { node, demand });
    for (const [index, term] of requiredTerms(pod).entries()) {
      this.guards.set(`${key} ${index}`, { pod, term });
      this.guarding.put(`${key} ${index}`, textOrEmpty(pod, 'metadata', 'namespace'), term.labelSelector);
    }
  }

  private take(key: string, pod: Obj): void {
    const counted = this.counted.get(key);
    const load = counted && this.loads.get(counted.node);
    this.counted.delete(key);
    if (counted === undefined || load === undefined) return;
    load.pods--;
    for (const [name, amount] of counted.demand) load.used.set(name, (load.used.get(name) ?? 0) - amount);
    for (const [index, term] of requiredTerms(pod).entries()) {
      this.guards.delete(`${key} ${index}`);
      this.guarding.drop(`${key} ${index}`, textOrEmpty(pod, 'metadata', 'namespace'), term.labelSelector);
    }
  }
}
