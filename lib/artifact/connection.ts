import { systemClock } from '../client/clock';
import { parseChallenge } from './challenge';
import type { RegistryCredentials } from './credentials';
import { type Exchange, ExchangeError, type RegistryRequest, type RegistryResponse } from './exchange';
import { ATTEMPTS, delayOf, failureOf, isTransient } from './failure';
import { formatReference, isLoopback, type Reference } from './reference';
import { basic, tokenOf, tokenRequest } from './token';

/** Options for connecting to a registry. */
export interface ConnectionOptions {
  /** Sends one request. */
  readonly exchange: Exchange;
  /** Finds the credentials; called only when the registry requires them. @default - anonymous */
  readonly credentials?: () => Promise<RegistryCredentials | undefined>;
  /** Access to the repository. @default 'pull' */
  readonly access?: 'pull' | 'pull,push';
  /** Source of time. @default - the system clock */
  readonly clock?: { now(): number; sleep(ms: number): Promise<void> };
}

/** One request, relative to the repository or to a URL from the registry. */
export interface Ask {
  readonly method: RegistryRequest['method'];
  /** `manifests/v1`, or a URL of the registry. */
  readonly target: string | URL;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
  /** Expected response statuses. */
  readonly expected: readonly number[];
  /** Maximum size of the response in bytes. @default 64 KiB */
  readonly largest?: number;
}

const LARGEST = 64 * 1024;
const REDIRECTS = [301, 302, 303, 307, 308];

/** A registry repository: authenticates, follows redirects, retries. */
export class RegistryConnection {
  readonly subject: string;
  readonly #reference: Reference;
  readonly #options: ConnectionOptions;
  readonly #clock: { now(): number; sleep(ms: number): Promise<void> };
  #scheme: 'https' | 'http' = 'https';
  #authorization: string | undefined;

  constructor(reference: Reference, options: ConnectionOptions) {
    this.subject = formatReference(reference);
    this.#reference = reference;
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
  }

  /** Sends a request until it gets one of the expected responses. @throws ServingError */
  async ask(ask: Ask): Promise<RegistryResponse> {
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.try(ask);
      if (!(outcome instanceof ExchangeError) && ask.expected.includes(outcome.status)) return outcome;
      if (!isTransient(outcome) || attempt >= ATTEMPTS || !(await this.pause(outcome, attempt)))
        throw failureOf(this.subject, outcome);
    }
  }

  /** Sends a request once, with login if the registry requires it. */
  async try(ask: Ask): Promise<RegistryResponse | ExchangeError> {
    const first = await this.#follow(ask);
    if (first instanceof ExchangeError || first.status !== 401) return first;
    // The token may have expired.
    const refusal = await this.#authenticate(first);
    return refusal ?? this.#follow(ask);
  }

  /** Waits before the next attempt; false when the registry requests too long a wait. */
  async pause(outcome: RegistryResponse | ExchangeError, attempt: number): Promise<boolean> {
    const delay = delayOf(outcome, attempt, this.#clock.now(), Math.random());
    if (delay === undefined) return false;
    await this.#clock.sleep(delay);
    return true;
  }

  /** The next upload URL from the registry; it may not lead from TLS to plain HTTP. */
  locationOf(response: RegistryResponse): URL | undefined {
    const { location } = response.headers;
    if (location === undefined || !URL.canParse(location, this.#base())) return undefined;
    const url = new URL(location, this.#base());
    // Behind a proxy that terminates TLS, registries use plain HTTP in their own URLs.
    if (url.protocol === 'http:' && this.#scheme === 'https' && url.hostname === new URL(this.#base()).hostname) {
      return new URL(`${url.pathname}${url.search}`, this.#base());
    }
    return url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.host)) ? url : undefined;
  }

  #base(): string {
    const { registry, repository } = this.#reference;
    const host = registry === 'docker.io' || registry === 'index.docker.io' ? 'registry-1.docker.io' : registry;
    return `${this.#scheme}://${host}/v2/${repository}/`;
  }

  async #follow(ask: Ask): Promise<RegistryResponse | ExchangeError> {
    let url = ask.target instanceof URL ? ask.target : new URL(ask.target, this.#base());
    for (let hops = 0; ; hops += 1) {
      const outcome = await this.#send(ask, url);
      if (outcome instanceof ExchangeError) {
        // A registry on this machine may work without TLS.
        if (outcome.kind !== 'plain' || this.#scheme === 'http' || !isLoopback(this.#reference.registry)) return outcome;
        this.#scheme = 'http';
        url = ask.target instanceof URL ? ask.target : new URL(ask.target, this.#base());
        continue;
      }
      const redirected = REDIRECTS.includes(outcome.status) && (ask.method === 'GET' || ask.method === 'HEAD') && hops < 5;
      const next = redirected ? this.locationOf(outcome) : undefined;
      if (next === undefined) return outcome;
      url = next;
    }
  }

  async #send(ask: Ask, url: URL): Promise<RegistryResponse | ExchangeError> {
    // Storage behind a redirect does not receive the registry's credentials.
    const own = url.origin === new URL(this.#base()).origin;
    const authorization = own && this.#authorization !== undefined ? { authorization: this.#authorization } : {};
    const { method, body, headers, largest = LARGEST } = ask;
    const request = { method, url, headers: { ...headers, ...authorization }, ...(body === undefined ? {} : { body }) };
    return this.#exchange(request, largest);
  }

  async #exchange(request: RegistryRequest, largest: number): Promise<RegistryResponse | ExchangeError> {
    try {
      const headers = { 'user-agent': 'cdk8s-serving', ...request.headers };
      return await this.#options.exchange({ ...request, headers }, largest);
    } catch (error) {
      if (error instanceof ExchangeError) return error;
      throw error;
    }
  }

  /** Responds to a challenge; returns the outcome to report where that is not possible. */
  async #authenticate(refused: RegistryResponse): Promise<RegistryResponse | ExchangeError | undefined> {
    const challenge = parseChallenge(refused.headers['www-authenticate']);
    if (challenge === undefined) return refused;
    const credentials = await this.#options.credentials?.();
    if (challenge.scheme === 'basic') {
      if (credentials === undefined || !('username' in credentials)) return refused;
      this.#authorization = basic(credentials);
      return undefined;
    }
    const scope = `repository:${this.#reference.repository}:${this.#options.access ?? 'pull'}`;
    const plain = (host: string) => isLoopback(host) && this.#scheme === 'http';
    const request = tokenRequest(challenge, scope, credentials, plain);
    if (request === undefined) return refused;
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#exchange(request, LARGEST);
      const token = outcome instanceof ExchangeError || outcome.status !== 200 ? undefined : tokenOf(outcome.body);
      if (token !== undefined) {
        this.#authorization = `Bearer ${token}`;
        return undefined;
      }
      if (!isTransient(outcome) || attempt >= ATTEMPTS || !(await this.pause(outcome, attempt)))
        return outcome instanceof ExchangeError || outcome.status !== 200 ? outcome : refused;
    }
  }
}
