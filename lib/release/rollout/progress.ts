import { fieldsAt, isFields, listAt, textAt } from '../../kube/fields';
import { type KubeObject, keyOf } from '../../kube/object';
import type { PodState } from '../model/pod-state';

/**
 * What has been reached on the way to readiness. Progress is a count above all earlier ones, or a new condition or pod phase: a
 * changed message, or a repeated state, does not count.
 */
export class Progress {
  private readonly highest = new Map<string, number>();
  private readonly reached = new Set<string>();

  /** Whether an object, or one of its pods, has progressed beyond its earlier states. */
  has(object: KubeObject, pods: readonly PodState[]): boolean {
    const key = keyOf(object);
    const counts = Object.entries(fieldsAt(object, 'status')).filter((entry): entry is [string, number] =>
      Number.isFinite(entry[1]),
    );
    const conditions = listAt(object, 'status', 'conditions').filter(isFields);
    const phases = new Map<string, number>();
    for (const { phase } of pods) phases.set(phase, (phases.get(phase) ?? 0) + 1);
    const found = [
      ...counts.map(([name, count]) => this.exceeds(`${key} ${name}`, name === 'unavailableReplicas' ? -count : count)),
      ...[...phases].map(([phase, count]) => this.exceeds(`${key} pods ${phase}`, count)),
      ...conditions.map((one) => this.isNew(`${key} ${textAt(one, 'type')}=${textAt(one, 'status')}`)),
    ];
    return found.includes(true);
  }

  private exceeds(name: string, count: number): boolean {
    if (count <= (this.highest.get(name) ?? Number.NEGATIVE_INFINITY)) return false;
    this.highest.set(name, count);
    return true;
  }

  private isNew(name: string): boolean {
    if (this.reached.has(name)) return false;
    this.reached.add(name);
    return true;
  }
}
