import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { conditionOf, isDeleting } from './kit';

/** Whether a pod has neither ended nor is being deleted. */
export const isActive = (pod: Obj): boolean => !isDeleting(pod) && !hasEnded(pod);

export const hasEnded = (pod: Obj): boolean => ['Succeeded', 'Failed'].includes(textOrEmpty(pod, 'status', 'phase'));

export const isReady = (pod: Obj): boolean => conditionOf(pod, 'Ready')?.status === 'True';

/** Milliseconds until a ready pod counts as available; 0 if it does already, undefined if it is not ready. */
export function availableIn(pod: Obj, minReadySeconds: number, now: number): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return Math.max(0, Date.parse(textOrEmpty(ready, 'lastTransitionTime')) + minReadySeconds * 1000 - now);
}

/** Order for deleting surplus pods: the least useful first. */
export function byUsefulness(a: Obj, b: Obj): number {
  const rank = (pod: Obj) =>
    textOrEmpty(pod, 'spec', 'nodeName') === ''
      ? 0
      : textOrEmpty(pod, 'status', 'phase') === 'Pending'
        ? 1
        : isReady(pod)
          ? 3
          : 2;
  const restarts = (pod: Obj) =>
    objsAt(pod, 'status', 'containerStatuses').reduce((sum, entry) => sum + (numberAt(entry, 'restartCount') ?? 0), 0);
  return (
    rank(a) - rank(b) ||
    restarts(b) - restarts(a) ||
    textOrEmpty(b, 'metadata', 'creationTimestamp').localeCompare(textOrEmpty(a, 'metadata', 'creationTimestamp'))
  );
}

/** Creates a pod from a workload's template. */
export function podFrom(template: Obj, metadata: Obj): Obj {
  const own = objAt(template, 'metadata');
  const { name: _, ...rest } = own;
  return { metadata: { ...rest, ...metadata }, spec: objAt(template, 'spec') };
}

/** Short hash of a template: equal templates have equal hashes. */
export function hashOf(value: unknown): string {
  const text = JSON.stringify(sorted(value));
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193) >>> 0;
  const letters = 'bcdfghjklmnpqrstvwxz2456789';
  return [...String(hash)].map((digit) => letters[Number(digit)] ?? digit).join('');
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, item]) => [key, sorted(item)]),
  );
}

/** Resolves a number, or a percentage of a total. */
export function resolveCount(value: unknown, total: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(String(value), 10) / 100) * total;
  return up ? Math.ceil(share) : Math.floor(share);
}
