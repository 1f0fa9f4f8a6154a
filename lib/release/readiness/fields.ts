/** The value at a path of an object of any shape, or nothing. */
export function at(value: unknown, ...path: readonly string[]): unknown {
  let here = value;
  for (const key of path) here = isFields(here) ? here[key] : undefined;
  return here;
}

/** A whole number at a path; some controllers write theirs as text. Anything else gives the default. */
export function numberAt<T>(value: unknown, path: readonly string[], otherwise: T): number | T {
  const found = at(value, ...path);
  const number = typeof found === 'string' && found !== '' ? Number(found) : found;
  return typeof number === 'number' && Number.isFinite(number) ? number : otherwise;
}

/** A text at a path; anything else is the empty text. */
export function textAt(value: unknown, ...path: readonly string[]): string {
  const found = at(value, ...path);
  return typeof found === 'string' ? found : '';
}

/** The entries of a list at a path; none when there is no list. */
export function listAt(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = at(value, ...path);
  return Array.isArray(found) ? found : [];
}

/** An entry of `status.conditions`. */
export interface Condition {
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** When the status changed to this, RFC 3339. */
  readonly since: string;
  readonly observedGeneration: number | undefined;
}

/** The condition of a type, or nothing. */
export function condition(object: unknown, type: string): Condition | undefined {
  const found = listAt(object, 'status', 'conditions').find((entry) => at(entry, 'type') === type);
  if (found === undefined) return undefined;
  return {
    status: textAt(found, 'status'),
    reason: textAt(found, 'reason'),
    message: textAt(found, 'message'),
    since: textAt(found, 'lastTransitionTime'),
    observedGeneration: numberAt(found, ['observedGeneration'], undefined),
  };
}

function isFields(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
