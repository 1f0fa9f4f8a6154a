import type { Fields } from './json';

/** Amounts by resource name, in base units: cores, bytes, devices. */
export type Quantities = Readonly<Record<string, number>>;

const UNITS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A Kubernetes quantity as a number: `500m` is 0.5, `1Gi` is 1073741824. */
export function quantity(value: unknown): number {
  const parts = /^([+-]?[\d.]+(?:e[+-]?\d+)?)([A-Za-z]*)$/i.exec(String(value));
  return Number(parts?.[1] ?? 0) * (UNITS[parts?.[2] ?? ''] ?? 0);
}

/** All amounts of a resource list. */
export function quantitiesOf(resources: Fields): Quantities {
  return Object.fromEntries(Object.entries(resources).map(([name, value]) => [name, quantity(value)]));
}

/** Both together. */
export function add(a: Quantities, b: Quantities): Quantities {
  const sum: Record<string, number> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + amount;
  return sum;
}
