/** The message of the API server for a quantity that is none. */
export const QUANTITY_MESSAGE = "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'";

const SUFFIXES = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const PATTERN = /^([+-]?)(\d*)(?:\.(\d*))?(n|u|m||k|M|G|T|P|E|Ki|Mi|Gi|Ti|Pi|Ei|[eE][+-]?\d+)$/;
const NANO = 1_000_000_000n;

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
  if (suffix.endsWith('i')) scaled *= 1024n ** BigInt(BINARY.indexOf(suffix));
  else if (power >= 0) scaled *= 10n ** BigInt(power);
  else divisor *= 10n ** BigInt(-power);
  const nano = (scaled + divisor - 1n) / divisor; // what is finer than a nano is rounded up
  return { nano: sign === '-' ? -nano : nano, format: exponent ? 'exponent' : suffix.endsWith('i') ? 'binary' : 'decimal' };
}

/** The spelling the API server gives a quantity (`1000m` → `1`, `1024Mi` → `1Gi`), or undefined when it is none. */
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

/** A quantity as a number: cores, bytes, pieces. Nothing readable counts as 0. */
export function quantityValue(value: unknown): number {
  const parsed = parse(String(value ?? '0'));
  return parsed === undefined ? 0 : Number(parsed.nano) / 1e9;
}

/** A number spelled as a quantity: `0.5` → `500m`. */
export function quantityOf(value: number): string {
  const text = Number.isInteger(value) ? String(value) : `${Math.round(value * 1000)}m`;
  return canonicalQuantity(text) ?? '0';
}
