import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';
import { conditionOf, isDeleting } from './kit';

/** Still wanted: neither ended nor on its way out. */
export const isActive = (pod: Obj): boolean => !isDeleting(pod) && !hasEnded(pod);

export const hasEnded = (pod: Obj): boolean => ['Succeeded', 'Failed'].includes(textOrEmpty(pod, 'status', 'phase'));

export const isReady = (pod: Obj): boolean => conditionOf(pod, 'Ready')?.status === 'True';

/** Milliseconds until a ready pod counts as available; 0 when it does, undefined when it is not ready. */
export function availableIn(pod: Obj, minReadySeconds: number, now: number): number | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (ready?.status !== 'True') return undefined;
  return Math.max(0, Date.parse(textOrEmpty(ready, 'lastTransitionTime')) + minReadySeconds * 1000 - now);
}

/** Which pods go first when there are too many: those that do the least. */
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

/** A pod made from a workload's template. */
export function podFrom(template: Obj, metadata: Obj): Obj {
  const own = objAt(template, 'metadata');
  const { name: _, ...rest } = own;
  return { metadata: { ...rest, ...metadata }, spec: objAt(template, 'spec') };
}

/** A short text that stands for a template: the same template, the same text. */
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

/** A number, or a share of a total. */
export function resolveCount(value: unknown, total: number, up: boolean): number {
  if (typeof value === 'number') return value;
  const share = (Number.parseInt(String(value), 10) / 100) * total;
  return up ? Math.ceil(share) : Math.floor(share);
}
