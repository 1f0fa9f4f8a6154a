import type { TransportResponse } from '../../client/transport';
import type { Obj } from '../../kube/fields';

const encoder = new TextEncoder();
const texts = new Map<Obj, string>();
/** Enough for what is written and read soon afterwards, by the response, the watches and a list; as text, an object takes as much. */
const MOST_TEXTS = 256;

/** JSON of a stored object, created once while it is in use, because stored objects do not change. */
export function textOf(object: Obj): string {
  const known = texts.get(object);
  if (known !== undefined) return known;
  const text = JSON.stringify(object);
  texts.set(object, text);
  for (const [oldest] of texts) {
    if (texts.size <= MOST_TEXTS) break;
    texts.delete(oldest);
  }
  return text;
}

/** Text as a body with a single chunk. */
async function* chunk(text: string): AsyncGenerator<Uint8Array> {
  yield encoder.encode(text);
}

/** A complete response. */
export function respond(status: number, text: string, headers: Readonly<Record<string, string>> = {}): TransportResponse {
  const warned = { 'content-type': 'application/json', 'cache-control': 'no-cache, private', ...headers };
  return { status, headers: warned, body: chunk(text) };
}

export const respondJson = (status: number, object: Obj, headers: Readonly<Record<string, string>> = {}): TransportResponse =>
  respond(status, textOf(object), headers);

export const encodeLine = (text: string): Uint8Array => encoder.encode(`${text}\n`);
