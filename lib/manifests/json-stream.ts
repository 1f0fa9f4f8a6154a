/** One JSON text of a stream: what it holds, where it ends, and the positions of what a double or a JSON object cannot hold. */
export interface JsonText {
  readonly value: unknown;
  readonly end: number;
  /** Where integers are whose digits a double would lose. */
  readonly unsafe: readonly number[];
}

const TOKEN = /\s*(?:("(?:[^"\\]|\\.)*")|([{}[\],:])|(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null))/y;

/** Reads the JSON text at a position, as Go's decoder reads a stream: `{…}{…}`. Nothing when there is none. */
export function readJson(text: string, start: number): JsonText | undefined {
  const unsafe: number[] = [];
  TOKEN.lastIndex = start;
  let depth = 0;
  for (let token = TOKEN.exec(text); token !== null; token = TOKEN.exec(text)) {
    const [, , mark, scalar] = token;
    if (mark === '{' || mark === '[') depth++;
    if (mark === '}' || mark === ']') depth--;
    if (scalar !== undefined && /^-?\d+$/.test(scalar) && !Number.isSafeInteger(Number(scalar))) unsafe.push(TOKEN.lastIndex);
    if (depth === 0) return parsed(text, start, TOKEN.lastIndex, unsafe);
  }
  return undefined;
}

function parsed(text: string, start: number, end: number, unsafe: readonly number[]): JsonText | undefined {
  try {
    return { value: JSON.parse(text.slice(start, end)), end, unsafe };
  } catch {
    return undefined;
  }
}
