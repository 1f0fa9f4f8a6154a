import { createHash } from 'node:crypto';
import type { Exchange, RegistryRequest, RegistryResponse } from '../../lib/artifact/exchange';
import { ExchangeError } from '../../lib/artifact/exchange';

/** What a request gets instead of an answer: a response, a lost connection (before, within or after it), or the answer with other bytes. */
export type Fault =
  | Partial<RegistryResponse>
  | 'lost'
  | 'lost after'
  | 'lost within'
  | ((answer: RegistryResponse) => RegistryResponse);

/** A registry in memory that keeps to the distribution specification, as far as its faults let it. */
export class FakeRegistry {
  readonly blobs = new Map<string, Buffer>();
  readonly manifests = new Map<string, { readonly body: Buffer; readonly type: string }>();
  /** Every request, `PUT manifests/v1`. */
  readonly log: string[] = [];
  /** Bytes of each upload request. */
  readonly sent: number[] = [];
  /** Seconds that were slept. */
  readonly slept: number[] = [];
  readonly #uploads = new Map<string, Buffer>();
  readonly #faults: { readonly match: RegExp; readonly fault: Fault; times: number }[] = [];
  /** Required in each request, where it is set. */
  authorization: string | undefined;
  challenge = 'Basic realm="fake"';

  readonly clock = {
    now: () => 0,
    sleep: async (ms: number) => void this.slept.push(ms / 1000),
  };

  /** Lets the next requests that match (`GET blobs/`) fail. */
  fail(match: RegExp, fault: Fault, times = 1): this {
    this.#faults.push({ match, fault, times });
    return this;
  }

  readonly exchange: Exchange = async (request, largest) => {
    const target = `${request.url.pathname.replace(/^\/v2\/[a-z0-9/-]+?\/(?=blobs|manifests)/, '')}${request.url.search}`;
    const line = `${request.method} ${target}`;
    this.log.push(line);
    if (/^(PUT|PATCH) blobs/.test(line)) this.sent.push(request.body?.length ?? 0);
    const planned = this.#faults.find(({ match, times }) => times > 0 && match.test(line));
    if (planned !== undefined) planned.times -= 1;
    const fault = planned?.fault;
    if (fault === 'lost') throw new ExchangeError('lost', 'ECONNRESET');
    if (typeof fault === 'object') return { status: 500, headers: {}, body: Buffer.alloc(0), ...fault };
    if (fault === 'lost within') {
      const { body = Buffer.alloc(0), headers, url } = request;
      const half = { method: 'PATCH', headers, url, body: body.subarray(0, body.length / 2) } as const;
      this.#answer(half, target);
      throw new ExchangeError('lost', 'ECONNRESET');
    }
    const answer = this.#answer(request, target);
    if (fault === 'lost after') throw new ExchangeError('lost', 'ECONNRESET');
    const final = fault === undefined ? answer : fault(answer);
    if (final.body.length > largest) throw new ExchangeError('large', `more than ${largest} bytes`);
    return final;
  };

  /** What was written, `PUT`, `PATCH` and `POST`. */
  get writes(): readonly string[] {
    return this.log.filter((line) => !/^(GET|HEAD) /.test(line));
  }

  #answer({ method, headers, body = Buffer.alloc(0), url }: RegistryRequest, target: string): RegistryResponse {
    if (this.authorization !== undefined && headers.authorization !== this.authorization)
      return response(401, { 'www-authenticate': this.challenge });
    const manifest = /^manifests\/(.+)$/.exec(target)?.[1];
    if (manifest !== undefined) {
      if (method === 'PUT') {
        const stored = { body, type: headers['content-type'] ?? '' };
        for (const name of [manifest, sha(body)]) this.manifests.set(name, stored);
        return response(201);
      }
      const found = this.manifests.get(manifest);
      if (found === undefined) return response(404);
      return response(200, { 'content-type': found.type, 'docker-content-digest': sha(found.body) }, found.body);
    }
    if (method === 'POST') {
      const id = `upload-${this.#uploads.size}`;
      this.#uploads.set(id, Buffer.alloc(0));
      return response(202, { location: `${url.pathname}${id}` });
    }
    const id = /^blobs\/uploads\/(upload-\d+)/.exec(target)?.[1];
    if (id !== undefined) return this.#upload(id, method, headers, body, url);
    const blob = this.blobs.get(target.replace('blobs/', ''));
    if (blob === undefined) return response(404);
    return response(200, {}, method === 'HEAD' ? Buffer.alloc(0) : blob);
  }

  #upload(id: string, method: string, headers: RegistryRequest['headers'], body: Buffer, url: URL): RegistryResponse {
    const before = this.#uploads.get(id);
    if (before === undefined) return response(404);
    const here = { location: url.pathname, range: `0-${Math.max(before.length - 1, 0)}` };
    if (method === 'GET') return response(204, here);
    const offset = Number(/^(\d+)-/.exec(headers['content-range'] ?? '0-')?.[1]);
    if (offset !== before.length) return response(416, here);
    const now = Buffer.concat([before, body]);
    this.#uploads.set(id, now);
    if (method === 'PATCH') return response(202, { location: url.pathname, range: `0-${now.length - 1}` });
    const digest = url.searchParams.get('digest') ?? '';
    if (sha(now) !== digest) return response(400, {}, Buffer.from('{"errors":[{"code":"DIGEST_INVALID","message":"no"}]}'));
    this.blobs.set(digest, now);
    this.#uploads.delete(id);
    return response(201);
  }
}

export function sha(content: Buffer): string {
  return `sha256:${createHash('sha256').update(content).digest('hex')}`;
}

function response(
  status: number,
  headers: Readonly<Record<string, string>> = {},
  body: Buffer = Buffer.alloc(0),
): RegistryResponse {
  return { status, headers, body };
}
