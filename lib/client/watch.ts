import { type Fields, numberAt, textAt, textOrEmpty } from '../kube/fields';
import { parseJson } from '../kube/large-integer';
import type { KubeObject } from '../kube/object';
import { fieldsIn } from './answers';
import type { ObjectList, WatchEvent } from './api';
import type { Caller } from './caller';
import { ApiError, TransportError } from './errors';
import { backoffMs } from './retry';

/** An object of the API server has at most 1.5 MiB in etcd, and somewhat more as JSON. */
const LONGEST_LINE = 16 * 2 ** 20;

/** The parts of a watch. */
export interface WatchParts {
  readonly list: () => Promise<ObjectList>;
  readonly begin: (query: Readonly<Record<string, string | number | boolean>>, lifetimeMs: number) => AsyncIterable<Uint8Array>;
  /** Reads the object of an event. */
  readonly read: (value: unknown) => KubeObject | Promise<KubeObject>;
  readonly calls: Caller;
  readonly signal: AbortSignal;
  /** The version to start after, instead of a list. */
  readonly after?: string;
}

interface Line {
  readonly type: string;
  readonly object: Fields;
}

/** The server ends a watch after one to two times this many seconds; otherwise a stuck watch would never be noticed. */
const WATCH_SECONDS = 240;

/**
 * Lists, then watches from there. A watch that ends is resumed at its last version; when the server no longer has that version
 * (410), everything is listed again. Fails only before the first list, and when the server refuses permanently (401, 403, 404).
 */
export async function* watch({ list, begin, read, calls, signal, after }: WatchParts): AsyncGenerator<WatchEvent> {
  let version = after;
  let failures = 0;
  let first = after === undefined;
  // Not a constant of the block: a generator keeps those for as long as it waits, and this is every object with its field managers.
  let listed: ObjectList | undefined;
  if (after !== undefined) yield { type: 'reset', items: [] };
  while (!signal.aborted) {
    try {
      if (version === undefined) {
        listed = await list();
        version = listed.resourceVersion;
        first = false;
        yield { type: 'reset', items: listed.items };
        listed = undefined;
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
      // A SyntaxError means that a proxy responded with its own text.
      const passing =
        error instanceof SyntaxError ||
        (error instanceof TransportError && error.kind !== 'closed' && error.kind !== 'oversized') ||
        (error instanceof ApiError && (error.status >= 500 || error.status === 429));
      if (first || !(gone || passing)) throw error;
      if (gone) version = undefined;
    }
    // Ended by the server or by a failure. A watch that had news resumes at once.
    failures++;
    if (failures > 1) await calls.clock.sleep(backoffMs(failures - 1, calls.random()), signal);
  }
}

/** One JSON document per line. A last line without its end was truncated, and is sent again after resuming. */
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
