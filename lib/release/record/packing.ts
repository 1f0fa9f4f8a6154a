import { gunzipSync, gzipSync } from 'node:zlib';

/** Limits for one piece of a record; 5,000 objects with their previous state need a third of each. */
const MOST_BYTES = 48 * 2 ** 20;
const MOST_VALUES = 3_000_000;

/** Lists are packed in pieces of about this many characters, so that a list of any length stays within the limits of each. */
const PIECE = 2 ** 19;

/** Separates the pieces of a list; base64 does not use this character. */
const BETWEEN = '.';

/** Compressed JSON in base64, as stored in Secrets. */
export function pack(value: unknown): string {
  return packText(JSON.stringify(value));
}

/**
 * The JSON that `pack` compressed. Throws for anything else, including text that takes too much memory when unpacked: 400 KB of
 * gzip can hold 400 MB.
 */
export function unpack(text: string): unknown {
  const bytes = gunzipSync(Buffer.from(text, 'base64'), { maxOutputLength: MOST_BYTES });
  if (valuesIn(bytes) > MOST_VALUES) throw new RangeError('too many values');
  return JSON.parse(bytes.toString('utf8'));
}

/** Packs a list of any length in pieces. `wrap` builds the JSON text of a piece from the JSON texts of its items. */
export function packList(items: readonly unknown[], wrap: (items: string, piece: number) => string): string {
  const pieces: string[] = [];
  let texts: string[] = [];
  let size = 0;
  const close = () => {
    pieces.push(packText(wrap(texts.join(), pieces.length)));
    [texts, size] = [[], 0];
  };
  for (const item of items) {
    const text = JSON.stringify(item);
    if (size > 0 && size + text.length > PIECE) close();
    texts.push(text);
    size += text.length;
  }
  close();
  return pieces.join(BETWEEN);
}

/** The values of the pieces packed by `packList`. Throws like `unpack`. */
export function unpackList(text: string): readonly unknown[] {
  return text.split(BETWEEN).map(unpack);
}

function packText(json: string): string {
  return gzipSync(json).toString('base64');
}

/** An upper bound for the number of values in JSON: an empty object takes two bytes as text and sixty in memory. */
function valuesIn(json: Uint8Array): number {
  let count = 0;
  // Byte loop for large records only: each value takes at least two bytes.
  if (json.length <= MOST_VALUES) return 0;
  for (const byte of json) if (byte === 0x2c || byte === 0x7b || byte === 0x5b) count++;
  return count;
}
