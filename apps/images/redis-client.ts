import { readFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { required } from './service';

/** A Redis response. */
export type Value = string | number | null | readonly Value[];

interface Waiting {
  resolve(value: Value): void;
  reject(error: Error): void;
}

/** A connection to the environment's Redis, opened on demand and reopened after a loss. */
export class RedisClient {
  readonly #host = required('REDIS_HOST');
  readonly #port = Number(required('REDIS_PORT'));
  readonly #waiting: Waiting[] = [];
  readonly #patienceMs: number;
  #socket: Socket | undefined;
  #received = '';

  /** @param patienceMs timeout of a command; a cache must not delay requests */
  constructor(patienceMs = 150) {
    this.#patienceMs = patienceMs;
  }

  /** Sends one command. Rejects if Redis is unavailable, returns an error, or does not respond in time. */
  command(words: readonly (string | number)[]): Promise<Value> {
    const socket = this.#connected();
    return new Promise<Value>((resolve, reject) => {
      const timer = setTimeout(() => socket.destroy(new Error('Redis does not answer')), this.#patienceMs);
      const settled =
        <T>(settle: (value: T) => void) =>
        (value: T) => {
          clearTimeout(timer);
          settle(value);
        };
      this.#waiting.push({ resolve: settled(resolve), reject: settled(reject) });
      socket.write(encoded(words));
    });
  }

  #connected(): Socket {
    if (this.#socket !== undefined) return this.#socket;
    const socket = connect({ host: this.#host, port: this.#port, noDelay: true, keepAlive: true });
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#receive(text));
    let reason = new Error('Redis closed the connection');
    socket.on('error', (error) => {
      reason = error;
    });
    socket.on('close', () => {
      if (this.#socket === socket) this.#socket = undefined;
      this.#received = '';
      for (const { reject } of this.#waiting.splice(0)) reject(reason);
    });
    this.#socket = socket;
    const file = process.env.REDIS_PASSWORD_FILE;
    if (file !== undefined) this.command(['AUTH', readFileSync(file, 'utf8')]).catch((error: Error) => socket.destroy(error));
    return socket;
  }

  #receive(text: string): void {
    this.#received += text;
    for (let parsed = parse(this.#received, 0); parsed !== undefined; parsed = parse(this.#received, 0)) {
      this.#received = this.#received.slice(parsed.end);
      const waiting = this.#waiting.shift();
      if (parsed.value instanceof Error) waiting?.reject(parsed.value);
      else waiting?.resolve(parsed.value);
    }
  }
}

function encoded(words: readonly (string | number)[]): string {
  return `*${words.length}\r\n${words.map((word) => `$${Buffer.byteLength(String(word))}\r\n${word}\r\n`).join('')}`;
}

/** Parses one response at an offset, if it is complete. Lengths are bytes: these services store only ASCII. */
function parse(text: string, start: number): { readonly value: Value | Error; readonly end: number } | undefined {
  const line = text.indexOf('\r\n', start);
  if (line === -1) return undefined;
  const [kind, rest] = [text[start], text.slice(start + 1, line)];
  let end = line + 2;
  if (kind === '+') return { value: rest, end };
  if (kind === '-') return { value: new Error(`Redis: ${rest}`), end };
  if (kind === ':') return { value: Number(rest), end };
  const length = Number(rest);
  if (length < 0) return { value: null, end };
  if (kind === '$') {
    if (text.length < end + length + 2) return undefined;
    return { value: text.slice(end, end + length), end: end + length + 2 };
  }
  const items: Value[] = [];
  while (items.length < length) {
    const item = parse(text, end);
    if (item === undefined || item.value instanceof Error) return undefined;
    items.push(item.value);
    end = item.end;
  }
  return { value: items, end };
}
