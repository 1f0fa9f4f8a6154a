import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Where Chromium is; nothing where there is none. */
export function findChromium(): string | undefined {
  try {
    return execFileSync('which', ['chromium'], { encoding: 'utf8' }).trim();
  } catch {
    return undefined;
  }
}

type Params = Readonly<Record<string, unknown>>;
interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: Params;
  readonly result?: Params;
  readonly error?: { readonly message: string };
}

/** A page in a headless Chromium. */
export interface Tab {
  /** A command of the DevTools protocol. */
  send(method: string, params?: Params): Promise<Params>;
  /** The value of an expression, evaluated in the page. */
  evaluate<T>(expression: string): Promise<T>;
  /** Loads a page and waits until it is there. */
  open(url: string): Promise<void>;
  /** Presses and releases a key, `Tab`, `Enter`, ` `. */
  press(key: string): Promise<void>;
  /** What went wrong since the page was opened: console errors, exceptions, refusals of the content policy. */
  readonly complaints: readonly string[];
  /** Addresses that the page has asked for, its own among them; without those that its content policy has refused. */
  readonly requests: readonly string[];
}

/** A headless Chromium, driven through a pipe (`--remote-debugging-pipe`): JSON messages that end in a NUL. */
export class Chromium {
  readonly #process: ChildProcess;
  readonly #folder = mkdtempSync(join(tmpdir(), 'chromium-'));
  readonly #waiting = new Map<number, { resolve: (result: Params) => void; reject: (error: Error) => void }>();
  readonly #listeners: ((message: Message) => void)[] = [];
  #ids = 0;

  constructor(program: string) {
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--hide-scrollbars',
    ];
    const where = [`--user-data-dir=${this.#folder}`, '--remote-debugging-pipe', 'about:blank'];
    this.#process = spawn(program, [...flags, ...where], { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    let buffer = '';
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (text: string) => {
      const parts = (buffer + text).split('\0');
      buffer = parts.pop() ?? '';
      for (const part of parts) this.#receive(JSON.parse(part) as Message);
    });
  }

  #receive(message: Message): void {
    if (message.id === undefined) for (const listener of this.#listeners) listener(message);
    else if (message.error === undefined) this.#waiting.get(message.id)?.resolve(message.result ?? {});
    else this.#waiting.get(message.id)?.reject(new Error(message.error.message));
  }

  #send(method: string, params: Params, sessionId?: string): Promise<Params> {
    const id = ++this.#ids;
    (this.#process.stdio[3] as Writable).write(
      `${JSON.stringify({ id, method, params, ...(sessionId ? { sessionId } : {}) })}\0`,
    );
    return new Promise((resolve, reject) => this.#waiting.set(id, { resolve, reject }));
  }

  async tab(): Promise<Tab> {
    const { targetId } = await this.#send('Target.createTarget', { url: 'about:blank' });
    const { sessionId } = await this.#send('Target.attachToTarget', { targetId, flatten: true });
    const send = (method: string, params: Params = {}) => this.#send(method, params, String(sessionId));
    const [complaints, requests]: [string[], string[]] = [[], []];
    const addresses = new Map<unknown, string>();
    let loaded = (): void => undefined;
    this.#listeners.push(({ method, params = {} }) => {
      if (method === 'Page.loadEventFired') loaded();
      else if (method === 'Network.requestWillBeSent') {
        const { url } = params.request as { readonly url: string };
        addresses.set(params.requestId, url);
        requests.push(url);
      } else if (method === 'Network.loadingFailed' && params.blockedReason === 'csp')
        requests.splice(requests.indexOf(addresses.get(params.requestId) ?? ''), 1);
      else if (method === 'Runtime.exceptionThrown' || (method === 'Runtime.consoleAPICalled' && params.type === 'error'))
        complaints.push(JSON.stringify(params));
      else if (method === 'Log.entryAdded') complaints.push((params.entry as { readonly text: string }).text);
    });
    for (const domain of ['Page', 'Runtime', 'Network', 'Log', 'Accessibility']) await send(`${domain}.enable`);
    const press = async (key: string): Promise<void> => {
      const codes: Readonly<Record<string, number>> = { Tab: 9, Enter: 13, ' ': 32 };
      const text = key === 'Enter' ? '\r' : key === ' ' ? ' ' : undefined;
      const event = { key, code: key === ' ' ? 'Space' : key, windowsVirtualKeyCode: codes[key], ...(text ? { text } : {}) };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    };
    return {
      send,
      complaints,
      requests,
      press,
      open: async (url) => {
        [complaints.length, requests.length] = [0, 0];
        const done = new Promise<void>((resolve) => {
          loaded = resolve;
        });
        await send('Page.navigate', { url });
        await done;
      },
      evaluate: async <T>(expression: string) => {
        const { result, exceptionDetails } = await send('Runtime.evaluate', {
          expression,
          returnByValue: true,
          awaitPromise: true,
        });
        if (exceptionDetails !== undefined) throw new Error(JSON.stringify(exceptionDetails));
        return (result as { readonly value: T }).value;
      },
    };
  }

  async close(): Promise<void> {
    const gone = new Promise((resolve) => this.#process.once('exit', resolve));
    await this.#send('Browser.close', {}).catch(() => undefined);
    await gone;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
