import type { RegistryConnection } from './connection';
import { ExchangeError, type RegistryResponse } from './exchange';
import { ATTEMPTS, failureOf, isTransient } from './failure';

/** Chunk size; a lost connection costs at most this much again. */
const CHUNK = 8 * 1024 * 1024;

/**
 * Uploads a blob that the registry does not have, and resumes after a lost connection.
 * @returns whether anything was uploaded
 * @see https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pushing-a-blob-in-chunks
 */
export async function uploadBlob(
  connection: RegistryConnection,
  content: Buffer,
  digest: string,
  chunk: number = CHUNK,
): Promise<boolean> {
  if (await exists(connection, digest)) return false;
  let place: Place | undefined;
  for (let failures = 0; ; ) {
    place ??= { url: await start(connection), offset: 0 };
    const { url, offset }: Place = place;
    const rest = content.subarray(offset);
    const last = rest.length <= chunk;
    const outcome = await connection.try(
      last ? finishing(url, rest, offset, digest) : sending(url, rest.subarray(0, chunk), offset),
    );
    if (!(outcome instanceof ExchangeError)) {
      if (outcome.status === 201 && last) return true;
      if (outcome.status === 202 && !last) {
        place = placeOf(connection, outcome, url);
        continue;
      }
    }
    failures += 1;
    const stale = !(outcome instanceof ExchangeError) && (outcome.status === 404 || outcome.status === 416);
    if (failures >= ATTEMPTS || !(stale || isTransient(outcome)) || !(await connection.pause(outcome, failures)))
      throw failureOf(connection.subject, outcome);
    if (await exists(connection, digest)) return true; // only the response was lost
    place = await resume(connection, url);
  }
}

/** The next upload position, and how much the registry has. */
interface Place {
  readonly url: URL;
  readonly offset: number;
}

async function exists(connection: RegistryConnection, digest: string): Promise<boolean> {
  const answer = await connection.ask({ method: 'HEAD', target: `blobs/${digest}`, expected: [200, 404] });
  return answer.status === 200;
}

async function start(connection: RegistryConnection): Promise<URL> {
  const answer = await connection.ask({ method: 'POST', target: 'blobs/uploads/', body: Buffer.alloc(0), expected: [202] });
  const url = connection.locationOf(answer);
  if (url === undefined) throw failureOf(connection.subject, answer);
  return url;
}

function sending(url: URL, body: Buffer, offset: number) {
  const headers = { 'content-type': 'application/octet-stream', 'content-range': `${offset}-${offset + body.length - 1}` };
  return { method: 'PATCH', target: url, headers, body, expected: [202] } as const;
}

function finishing(url: URL, body: Buffer, offset: number, digest: string) {
  const target = new URL(url);
  target.searchParams.set('digest', digest);
  const range = offset === 0 ? {} : { 'content-range': `${offset}-${offset + body.length - 1}` };
  return {
    method: 'PUT',
    target,
    headers: { 'content-type': 'application/octet-stream', ...range },
    body,
    expected: [201],
  } as const;
}

/** Queries how much the registry has; undefined when it no longer knows the upload. */
async function resume(connection: RegistryConnection, url: URL): Promise<Place | undefined> {
  const answer = await connection.try({ method: 'GET', target: url, expected: [204] });
  return answer instanceof ExchangeError || answer.status !== 204 ? undefined : placeOf(connection, answer, url);
}

function placeOf(connection: RegistryConnection, answer: RegistryResponse, url: URL): Place {
  const end = /^(?:bytes=)?0-(\d+)$/.exec(answer.headers.range ?? '')?.[1];
  // An empty upload is reported as 0-0, like a single byte: it starts over.
  const offset = end === undefined || end === '0' ? 0 : Number(end) + 1;
  return { url: connection.locationOf(answer) ?? url, offset };
}
