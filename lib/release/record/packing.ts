import { gunzipSync, gzipSync } from 'node:zlib';

/** Bounds of what a record may hold; 5,000 objects with their state before need a third of either. */
const MOST_BYTES = 48 * 2 ** 20;
const MOST_VALUES = 3_000_000;

/** Compressed JSON in base64, as Secrets carry it. */
export function pack(value: unknown): string {
  return gzipSync(JSON.stringify(value)).toString('base64');
}

/**
 * The JSON that `pack` compressed. Throws for anything else, also for text that takes too much memory once it is unpacked:
 * 400 KB of gzip can hold 400 MB.
 */
export function unpack(text: string): unknown {
  const bytes = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES });
  if (valuesIn(bytes) > MOST_VALUES) throw new RangeError('too many values');
  return JSON.parse(bytes.toString('utf8'));
}

/** An upper bound for the number of values in JSON: an empty object takes two bytes of text and sixty of memory. */
function valuesIn(json: Uint8Array): number {
  let count = 0;
  // A byte loop over large records only: each value takes two bytes at least.
  if (json.length <= MOST_VALUES) return 0;
  for (const byte of json) if (byte === 0x2c || byte === 0x7b || byte === 0x5b) count++;
  return count;
}
