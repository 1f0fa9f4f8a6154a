import type { Connection, Peer } from './network-policy';
import type { Texts } from './texts';

/** An address with its scheme: `http://feature-server:8081`. */
export type HttpUrl = Texts['httpUrl'];

/** Location of labeled data: `s3://ml-data/validation/`, or a path inside a container. */
export type DatasetUri = Texts['datasetUri'];

/** The pods behind a host name: `name` in the same namespace, `name.other` and `name.other.svc` in another, the rest anywhere. */
export function peerOfHost(host: string): Peer {
  const [, namespace, service, ...rest] = host.split('.');
  if (namespace === undefined) return { sameNamespace: true };
  if (service === undefined || (service === 'svc' && (rest.length === 0 || rest.join('.') === 'cluster.local')))
    return { namespace };
  return { anywhere: true };
}

/** The host of a URL; undefined for invalid text, which is reported as a problem of its prop. */
export function hostOf(url: string): string | undefined {
  return URL.canParse(url) ? new URL(url).hostname : undefined;
}

/** The connection that an http or https URL requires. */
export function connectionTo(url: string): Connection & { readonly port: number } {
  if (!URL.canParse(url)) return { peer: { anywhere: true }, port: 443 };
  const { hostname, port, protocol } = new URL(url);
  return { peer: peerOfHost(hostname), port: Number(port || (protocol === 'https:' ? 443 : 80)) };
}
