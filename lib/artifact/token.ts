import { textAt } from '../kube/fields';
import type { Challenge } from './challenge';
import type { RegistryCredentials } from './credentials';
import type { RegistryRequest } from './exchange';

/**
 * The request for an access token, as required by the challenge. Undefined where the token server is not reached over TLS, so
 * that no password is sent in clear text.
 */
export function tokenRequest(
  challenge: Extract<Challenge, { readonly scheme: 'bearer' }>,
  scope: string,
  credentials: RegistryCredentials | undefined,
  allowPlain: (host: string) => boolean,
): RegistryRequest | undefined {
  const url = URL.canParse(challenge.realm) ? new URL(challenge.realm) : undefined;
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && allowPlain(url.host)))) return undefined;
  const { service = '' } = challenge;
  if (credentials !== undefined && 'identityToken' in credentials) {
    const { identityToken } = credentials;
    const form = { grant_type: 'refresh_token', service, client_id: 'cdk8s-serving', scope, refresh_token: identityToken };
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: Buffer.from(new URLSearchParams(form).toString()) };
  }
  if (service !== '') url.searchParams.set('service', service);
  url.searchParams.set('scope', scope);
  return { method: 'GET', url, headers: credentials === undefined ? {} : { authorization: basic(credentials) } };
}

/** The token in a token server's response. */
export function tokenOf(body: Buffer): string | undefined {
  try {
    const answer: unknown = JSON.parse(body.toString('utf8'));
    const token = textAt(answer, 'token') ?? textAt(answer, 'access_token');
    return token !== undefined && /^[\x21-\x7e]+$/.test(token) ? token : undefined;
  } catch {
    return undefined;
  }
}

/** A basic authentication header. */
export function basic({ username, password }: Extract<RegistryCredentials, { readonly username: string }>): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}
