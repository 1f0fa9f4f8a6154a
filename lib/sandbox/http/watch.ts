import { Failure } from '../../api-schema/failure';
import type { KindSchema } from '../../api-schema/schema';
import type { TransportResponse } from '../../client/transport';
import type { Obj } from '../../kube/fields';
import type { Change } from '../core/store';
import type { World } from '../core/world';
import { select, selection } from './list';
import type { ApiRequest } from './request';
import { encodeLine, textOf } from './respond';

const BOOKMARK_MS = 60_000;

/** A WATCH: existing objects (without a resourceVersion), then every change, with bookmarks, until the signal or the timeout. */
export function watch(world: World, kind: KindSchema, request: ApiRequest, signal: AbortSignal | undefined): TransportResponse {
  const matches = selection(kind, request);
  const from = request.query.get('resourceVersion') ?? '';
  const queue = new LineQueue();
  const send = (type: string, text: string) => queue.push(`{"type":"${type}","object":${text}}`);
  const headers = { 'content-type': 'application/json', 'cache-control': 'no-cache, private' };
  const revision = from === '' || from === '0' ? world.store.revision : Number(from);
  if (revision < world.store.oldestRevision) {
    const gone = new Failure(410, 'Expired', `too old resource version: ${revision} (${world.store.oldestRevision})`);
    send('ERROR', textOf(gone.status));
    queue.end();
    return { status: 200, headers, body: queue };
  }
  const bookmark = (at: number, initial = false) => {
    const annotations = initial ? { annotations: { 'k8s.io/initial-events-end': 'true' } } : {};
    const metadata: Obj = { resourceVersion: String(at), ...annotations };
    send('BOOKMARK', JSON.stringify({ kind: kind.kind, apiVersion: kind.apiVersion, metadata }));
  };
  if (from === '' || from === '0') for (const object of select(world, kind, matches)) send('ADDED', textOf(object));
  if (request.query.get('sendInitialEvents') === 'true') bookmark(world.store.revision, true);
  const onChange = (change: Change) => {
    if (change.kind !== kind) return;
    const line = eventOf(change, matches);
    if (line !== undefined)
      send(line, textOf(line === 'DELETED' && change.type !== 'DELETED' ? withRevision(change) : change.object));
  };
  for (const change of world.store.since(revision)) onChange(change);

  const stops = [world.store.subscribe(onChange)];
  let cancelBookmark = () => {};
  const plan = () => {
    cancelBookmark = world.clock.after(BOOKMARK_MS, () => {
      bookmark(world.store.revision);
      plan();
    });
  };
  if (request.query.get('allowWatchBookmarks') === 'true' && signal !== undefined) plan();
  const seconds = Number(request.query.get('timeoutSeconds') ?? '0');
  const end = () => {
    for (const stop of stops) stop();
    cancelBookmark();
    queue.end();
  };
  if (seconds > 0) stops.push(world.clock.after(seconds * 1000, end));
  if (signal?.aborted === true) end();
  signal?.addEventListener('abort', end, { once: true });
  queue.onClose = end;
  return { status: 200, headers, body: queue };
}

/** For a watch, an object that starts or stops matching is added or deleted. */
function eventOf(change: Change, matches: (object: Obj) => boolean): Change['type'] | undefined {
  const was = change.previous !== undefined && matches(change.previous);
  const is = change.type !== 'DELETED' && matches(change.object);
  if (is) return was ? 'MODIFIED' : 'ADDED';
  return was ? 'DELETED' : undefined;
}

function withRevision(change: Change): Obj {
  const previous = change.previous ?? change.object;
  const metadata = typeof previous.metadata === 'object' ? previous.metadata : {};
  return { ...previous, metadata: { ...metadata, resourceVersion: String(change.revision) } };
}

/** A queue of lines that a reader can wait for. */
class LineQueue implements AsyncIterable<Uint8Array>, AsyncIterator<Uint8Array> {
  onClose: () => void = () => {};
  private readonly lines: Uint8Array[] = [];
  private waiting: ((result: IteratorResult<Uint8Array>) => void) | undefined;
  private ended = false;

  push(line: string): void {
    const value = encodeLine(line);
    const waiting = this.waiting;
    this.waiting = undefined;
    if (waiting === undefined) this.lines.push(value);
    else waiting({ value, done: false });
  }

  end(): void {
    this.ended = true;
    this.waiting?.({ value: undefined, done: true });
    this.waiting = undefined;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return this;
  }

  next(): Promise<IteratorResult<Uint8Array>> {
    const value = this.lines.shift();
    if (value !== undefined) return Promise.resolve({ value, done: false });
    if (this.ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve) => {
      this.waiting = resolve;
    });
  }

  return(): Promise<IteratorResult<Uint8Array>> {
    this.onClose();
    return Promise.resolve({ value: undefined, done: true });
  }
}
