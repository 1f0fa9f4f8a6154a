import { endOfString } from '../kube/large-integer';
import { DEEPEST } from './text';

/** One JSON text of a stream: its value, its end, and the positions of values that a double or a JSON object cannot hold. */
export interface JsonText {
  readonly value: unknown;
  readonly end: number;
  /** Positions of integers with digits that a double would lose. */
  readonly unsafe: readonly number[];
}

const SPACE = /\s*/y;
const SCALAR = /-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|true|false|null/y;

/** Reads the JSON text at a position, like Go's decoder reads a stream: `{…}{…}`. Undefined when there is none. */
export function readJson(text: string, start: number): JsonText | undefined {
  const unsafe: number[] = [];
  let depth = 0;
  for (let at = start; ; ) {
    at = endOf(SPACE, text, at) ?? at;
    const first = text[at] ?? '';
    const end = first === '"' ? endOfString(text, at) : '{}[],:'.includes(first) ? at + 1 : endOf(SCALAR, text, at);
    if (first === '' || end === undefined) return undefined;
    if (first === '{' || first === '[') depth++;
    if (first === '}' || first === ']') depth--;
    const token = first === '"' ? '' : text.slice(at, end);
    if (/^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token))) unsafe.push(end);
    if (depth > DEEPEST) return undefined;
    if (depth === 0) return parsed(text, start, end, unsafe);
    at = end;
  }
}

/** The end of a sticky pattern's match at a position. */
function endOf(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

function parsed(text: string, start: number, end: number, unsafe: readonly number[]): JsonText | undefined {
  try {
    return { value: JSON.parse(text.slice(start, end)), end, unsafe };
  } catch {
    return undefined;
  }
}
