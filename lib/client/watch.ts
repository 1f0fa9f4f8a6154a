import { type Fields, numberAt, textAt, textOrEmpty } from '../kube/fields';
import { parseJson } from '../kube/large-integer';
import type { KubeObject } from '../kube/object';
import { fieldsIn } from './answers';
import type { ObjectList, WatchEvent } from './api';
import type { Caller } from './caller';
import { ApiError, TransportError } from './errors';
import { backoffMs } from './retry';

/** An object of the API server is at most 1.5 MiB in etcd, and some more as JSON. */
const LONGEST_LINE = 16 * 2 ** 20;

/** What a watch is made of. */
export interface WatchParts {
  readonly list: () => Promise<ObjectList>;
  readonly begin: (query: Readonly<Record<string, string | number | boolean>>, lifetimeMs: number) => AsyncIterable<Uint8Array>;
  /** The object of an event. */
  readonly read: (value: unknown) => KubeObject | Promise<KubeObject>;
  readonly calls: Caller;
  readonly signal: AbortSignal;
  /** The version to begin after, instead of a list. */
  readonly after?: string;
}

interface Line {
  readonly type: string;
  readonly object: Fields;
}

/** The server ends a watch after this many seconds and up to as many again; without that a stuck one would never be noticed. */
const WATCH_SECONDS = 240;

/**
 * List, then watch from there. A watch that ends is resumed where it stopped; when the server has forgotten that place (410)
 * everything is listed again. Fails only before the first list, and when the server refuses for good (401, 403, 404).
 */
export async function* watch({ list, begin, read, calls, signal, after }: WatchParts): AsyncGenerator<WatchEvent> {
  let version = after;
  let failures = 0;
  let first = after === undefined;
  if (after !== undefined) yield { type: 'reset', items: [] };
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        const { items, resourceVersion } = await list();
        version = resourceVersion;
        first = false;
        yield { type: 'reset', items };
      }
      const timeoutSeconds = Math.round(WATCH_SECONDS * (1 + calls.random()));
      const body = begin({ resourceVersion: version, allowWatchBookmarks: true, timeoutSeconds }, (timeoutSeconds + 30) * 1000);
      for await (const { type, object } of lines(body)) {
        if (type === 'ERROR')
          throw new ApiError(numberAt(object, 'code') ?? 500, { message: textOrEmpty(object, 'message') }, 'watch');
        version = textAt(object, 'metadata', 'resourceVersion') ?? version;
        failures = 0;
        if (type === 'ADDED' || type === 'MODIFIED') yield { type: 'put', object: await read(object) };
        else if (type === 'DELETED') yield { type: 'delete', object: await read(object) };
      }
    } catch (error) {
      if (signal.aborted) return;
      const gone = error instanceof ApiError && error.status === 410;
      // A SyntaxError is what a proxy says in its own words.
      const passing =
        error instanceof SyntaxError ||
        (error instanceof TransportError && error.kind !== 'closed' && error.kind !== 'oversized') ||
        (error instanceof ApiError && (error.status >= 500 || error.status === 429));
      if (first || !(gone || passing)) throw error;
      if (gone) version = undefined;
    }
    // Ended, by the server or by accident. One that had news goes on at once.
    failures++;
    if (failures > 1) await calls.clock.sleep(backoffMs(failures - 1, calls.random()), signal);
  }
}

/** One JSON document per line. A last line without its end was cut off, and will be sent again after resuming. */
async function* lines(body: AsyncIterable<Uint8Array>): AsyncGenerator<Line> {
  const decoder = new TextDecoder();
  let rest = '';
  for await (const chunk of body) {
    const parts = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = parts.pop() ?? '';
    if (rest.length > LONGEST_LINE) throw new TransportError('oversized', 'an event without an end', 'watch', true);
    for (const part of parts) if (part.trim() !== '') yield lineIn(parseJson(part));
  }
}

function lineIn(value: unknown): Line {
  return { type: textOrEmpty(value, 'type'), object: fieldsIn(fieldsIn(value).object) };
}
