import { at, listAt, textOrEmpty } from '../../kube/fields';

/** The integer at a path; some controllers write theirs as text. Anything else returns the default. */
export function countAt<T>(value: unknown, path: readonly string[], otherwise: T): number | T {
  const found = at(value, ...path);
  const number = typeof found === 'string' && found !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise;
}

/** An entry of `status.conditions`. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When the status last changed, RFC 3339. */
  readonly since: string;
  readonly observedGeneration: number | undefined;
}

/** The condition of a type, or undefined. */
export function condition(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((entry) => at(entry, 'type') === type);
  if (found === undefined) return undefined;
  return {
    status: textOrEmpty(found, 'status'),
    reason: textOrEmpty(found, 'reason'),
    message: textOrEmpty(found, 'message'),
    since: textOrEmpty(found, 'lastTransitionTime'),
    observedGeneration: countAt(found, ['observedGeneration'], undefined),
  };
}
