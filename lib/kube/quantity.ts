import type { Fields } from './fields';

/** CPU in cores or thousandths: `'4'`, `'0.5'`, `'250m'`. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export type CpuQuantity = `${number}` | `${number}m`;

/** Bytes with a unit: `'16Gi'`, `'512Mi'`. A bare number would be bytes and is nearly always a mistake, so it does not compile. */
export type MemoryQuantity = `${number}${'Ki' | 'Mi' | 'Gi' | 'Ti' | 'k' | 'M' | 'G' | 'T'}`;

/** Amounts by resource name: cores, bytes, devices. */
export type Amounts = Readonly<Record<string, number>>;

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

/** A quantity as a number: cores or bytes. Nothing when the text is not a quantity. */
export function parseQuantity(text: string | number): number | undefined {
  const match = /^([+-]?(?:\d+\.?\d*|\.\d+))((?:[eE][+-]?\d+)|[A-Za-z]*)$/.exec(String(text).trim());
  if (match === null) return undefined;
  const [, digits = '', suffix = ''] = match;
  if (/^[eE][+-]?\d+$/.test(suffix)) return Number(digits + suffix);
  const unit = UNITS[suffix];
  return unit === undefined ? undefined : Number(digits) * unit;
}

/** An amount for people: `1.5Gi`, `512Mi`, `0.25`. */
export function formatQuantity(amount: number): string {
  if (amount >= 2 ** 30) return `${Math.round((amount / 2 ** 30) * 10) / 10}Gi`;
  return amount >= 2 ** 20 ? `${Math.round(amount / 2 ** 20)}Mi` : String(Math.round(amount * 1000) / 1000);
}

/** The amounts of a resource list. What is not a quantity counts nothing. */
export function amountsOf(resources: Fields): Amounts {
  return Object.fromEntries(Object.entries(resources).map(([name, value]) => [name, parseQuantity(String(value)) ?? 0]));
}

/** Whether two spellings mean one amount: `1` and `1000m`, `4Gi` and `4096Mi`. */
export function sameQuantity(a: string | number, b: string | number): boolean {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && right !== undefined && Math.abs(left - right) <= Math.abs(left) * 1e-12;
}
