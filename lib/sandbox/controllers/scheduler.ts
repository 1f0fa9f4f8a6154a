import { objAt, textsAt, withAt } from '../../api-schema/json';
import { type Obj, textOrEmpty } from '../../kube/fields';
import { type Change, keyOf } from '../core/store';
import { misfit, score } from './fit';
import { conditionOf, isDeleting, type Kit, withCondition } from './kit';
import { Neighborhood } from './neighborhood';
import { hasEnded } from './pods';
import type { Controller } from './runtime';

const RETRY_MS = 1000;

/** Assigns a node to every pending pod. Pods that do not fit wait until something on a node changes. */
export class Scheduler implements Controller {
  private readonly kit: Kit;
  private readonly waiting = new Set<string>();
  private readonly places: Neighborhood;

  constructor(kit: Kit) {
    this.kit = kit;
    this.places = new Neighborhood(kit);
  }

  *keysOf({ kind, object, type, previous }: Change): Iterable<string> {
    if (kind.kind === 'Node' && type !== 'DELETED') yield* this.waiting;
    if (kind.kind !== 'Pod') return;
    this.places.place(object, type === 'DELETED');
    const freed = type === 'DELETED' || (hasEnded(object) && previous !== undefined && !hasEnded(previous));
    if (freed && textOrEmpty(object, 'spec', 'nodeName') !== '') yield* this.waiting;
    if (type === 'ADDED' && textOrEmpty(object, 'spec', 'nodeName') === '') yield keyOf(object);
  }

  reconcile(key: string): number | undefined {
    const { kit } = this;
    const kind = kit.kind('v1', 'Pod');
    const pod = kit.get(kind, key);
    this.waiting.delete(key);
    if (pod === undefined || isDeleting(pod) || textOrEmpty(pod, 'spec', 'nodeName') !== '') return undefined;
    // It stands for every scheduler that pods name: those of gangs and of accelerators find a place by the same demands.
    const nodes = kit.all(kit.kind('v1', 'Node'));
    const neighbors = this.places.around(nodes);
    const reasons = new Map<string, number>();
    let best: { readonly name: string; readonly node: Obj; readonly points: number } | undefined;
    for (const node of nodes) {
      const name = textOrEmpty(node, 'metadata', 'name');
      const load = this.places.load(name);
      const reason = misfit(pod, node, load, neighbors);
      if (reason !== undefined) {
        reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
        continue;
      }
      const points = score(pod, node, load, neighbors);
      if (best === undefined || points > best.points) best = { name, node, points };
    }
    if (best === undefined) return this.cannot(pod, nodes.length, reasons);
    const condition = {
      type: 'PodScheduled',
      status: 'True',
      lastProbeTime: null,
      observedGeneration: objAt(pod, 'metadata').generation,
    };
    const placed = withAt(pod, ['spec', 'nodeName'], best.name);
    const status = { ...objAt(pod, 'status'), conditions: withCondition([], condition, kit.world.now()) };
    const zones = Object.entries(textsAt(best.node, 'metadata', 'labels')).filter(([name]) =>
      /^topology\.kubernetes\.io\/(zone|region)$/.test(name),
    );
    const labels = { ...objAt(pod, 'metadata', 'labels'), ...Object.fromEntries(zones) };
    const bound: Obj = { ...withAt(placed, ['metadata', 'labels'], labels), status };
    kit.world.store.put(kind, bound);
    kit.event(pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${best.name}`, 'default-scheduler');
    return undefined;
  }

  private cannot(pod: Obj, nodes: number, reasons: ReadonlyMap<string, number>): number | undefined {
    const { kit } = this;
    this.waiting.add(keyOf(pod));
    const list = [...reasons]
      .map(([reason, count]) => `${count} ${reason}`)
      .sort()
      .join(', ');
    const message =
      nodes === 0 ? 'no nodes available to schedule pods' : `0/${nodes} nodes are available: ${list}. preemption: not modelled.`;
    if (conditionOf(pod, 'PodScheduled')?.message === message) return undefined;
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastProbeTime: null };
    const conditions = withCondition([], condition, kit.world.now());
    kit.status(kit.kind('v1', 'Pod'), pod, { ...objAt(pod, 'status'), conditions }, 'kube-scheduler');
    kit.event(pod, 'Warning', 'FailedScheduling', message, 'default-scheduler');
    return RETRY_MS;
  }
}
