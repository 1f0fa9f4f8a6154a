import type { TransportResponse } from '../../client/transport';
import type { Obj } from '../../kube/fields';

const encoder = new TextEncoder();
const texts = new WeakMap<Obj, string>();

/** JSON of a stored object, created once, because stored objects do not change. */
export function textOf(object: Obj): string {
  let text = texts.get(object);
  if (text === undefined) {
    text = JSON.stringify(object);
    texts.set(object, text);
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
