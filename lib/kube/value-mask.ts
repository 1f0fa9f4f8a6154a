/** Placeholder for confidential values in texts. */
const MASK = '***';

/** Masks values in texts: plain, in base64, decoded from it, and as JSON. Undefined when there are no values. */
export function maskOf(values: Iterable<unknown>, shortest = 1): ((text: string) => string) | undefined {
  const forms = new Set<string>();
  for (const value of values) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    for (const form of [text, decoded(text), Buffer.from(text).toString('base64')])
      if (form.length >= shortest) forms.add(form).add(JSON.stringify(form).slice(1, -1));
  }
  if (forms.size === 0) return undefined;
  const longestFirst = [...forms].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, form) => masked.replaceAll(form, MASK), text);
}

/** Text decoded from base64; arbitrary text when the input is invalid. */
export function decoded(base64: string): string {
  return Buffer.from(base64, 'base64').toString('utf8');
}

/** A value with its texts masked, except in some fields, at any depth. */
export function maskTexts<T>(value: T, mask: (text: string) => string, open: readonly string[]): T;
export function maskTexts(value: unknown, mask: (text: string) => string, open: readonly string[]): unknown {
  if (typeof value === 'string') return mask(value);
  if (Array.isArray(value)) return value.map((item: unknown) => maskTexts(item, mask, open));
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value);
  return Object.fromEntries(
    entries.map(([key, inner]) => [key, open.includes(key) ? inner : maskTexts<unknown>(inner, mask, open)]),
  );
}
