import type { Fields } from './fields';
import type { Texts } from './texts';

/** CPU in cores or millicores: `'4'`, `'0.5'`, `'250m'`. @see https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/ */
export type CpuQuantity = Texts['cpu'];

/** Bytes with a unit: `'16Gi'`, `'512Mi'`. A bare number would be bytes, nearly always a mistake, so it does not compile. */
export type MemoryQuantity = Texts['memory'];

/** Amounts by resource name: cores, bytes, devices. */
export type Amounts = Readonly<Record<string, number>>;

/** The API server's message for an invalid quantity. */
export const QUANTITY_MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m||k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)$/;
const NANO = 1_000_000_000n;
/** Values beyond this are nonsense, and slow to compute. */
const LARGEST_POWER = 100;

interface Parsed {
  readonly nano: bigint;
  readonly format: 'decimal' | 'binary' | 'exponent';
}

function parse(text: string): Parsed | undefined {
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign = '', whole = '', fraction = '', suffix = ''] = match;
  if (whole === '' && fraction === '') return undefined;
  let scaled = BigInt(`${whole}${fraction}` || '0') * NANO;
  let divisor = 10n ** BigInt(fraction.length);
  const exponent = /^[eE]/.test(suffix) && suffix.length > 1;
  const power = exponent ? Number(suffix.slice(1)) : (SUFFIXES.indexOf(suffix) - 3) * 3;
  if (Math.abs(power) > LARGEST_POWER) return undefined;
  if (suffix.endsWith('i')) scaled *= 1024n ** BigInt(BINARY.indexOf(suffix));
  else if (power >= 0) scaled *= 10n ** BigInt(power);
  else divisor *= 10n ** BigInt(-power);
  const nano = (scaled + divisor - 1n) / divisor; // fractions of a nano are rounded up
  return { nano: sign === '-' ? -nano : nano, format: exponent ? 'exponent' : suffix.endsWith('i') ? 'binary' : 'decimal' };
}

/** The API server's spelling of a quantity (`1000m` → `1`, `1024Mi` → `1Gi`), or undefined when invalid. */
export function canonicalQuantity(text: string): string | undefined {
  const parsed = parse(text);
  if (parsed === undefined) return undefined;
  const { nano, format } = parsed;
  if (nano === 0n) return '0';
  const size = nano < 0n ? -nano : nano;
  if (format === 'binary' && size >= 1024n * NANO && size % NANO === 0n) {
    let units = nano / NANO;
    let step = 0;
    while (units % 1024n === 0n && step < BINARY.length - 1) {
      units /= 1024n;
      step++;
    }
    return `${units}${BINARY[step]}`;
  }
  let units = nano;
  let step = 0;
  while (units % 1000n === 0n && step < SUFFIXES.length - 1) {
    units /= 1000n;
    step++;
  }
  if (format === 'exponent') return step === 3 ? `${units}` : `${units}e${(step - 3) * 3}`;
  return `${units}${SUFFIXES[step]}`;
}

/** A quantity as a number: cores or bytes. Undefined for invalid text. */
export function parseQuantity(text: string | number): number | undefined {
  const parsed = parse(String(text));
  return parsed && Number(parsed.nano) / 1e9;
}

/** A quantity as a number: cores, bytes, pieces. Unreadable values count as 0. */
export function quantityValue(value: unknown): number {
  return parseQuantity(String(value ?? '0')) ?? 0;
}

/** A number as a quantity: `0.5` → `500m`. */
export function quantityOf(value: number): string {
  const text = Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
  return canonicalQuantity(text) ?? '0';
}

/** An amount in readable form: `1.5Gi`, `512Mi`, `0.25`. */
export function formatQuantity(amount: number): string {
  if (amount >= 2 ** 30) return `${Math.round((amount / 2 ** 30) * 10) / 10}Gi`;
  return amount >= 2 ** 20 ? `${Math.round(amount / 2 ** 20)}Mi` : String(Math.round(amount * 1000) / 1000);
}

/** The amounts of a resource list. Invalid quantities count as 0. */
export function amountsOf(resources: Fields): Amounts {
  return Object.fromEntries(Object.entries(resources).map(([name, value]) => [name, quantityValue(value)]));
}

/** Whether two spellings have the same value: `1` and `1000m`, `4Gi` and `4096Mi`. */
export function sameQuantity(a: string | number, b: string | number): boolean {
  const [left, right] = [parseQuantity(a), parseQuantity(b)];
  return left !== undefined && right !== undefined && Math.abs(left - right) <= Math.abs(left) * 1e-12;
}
