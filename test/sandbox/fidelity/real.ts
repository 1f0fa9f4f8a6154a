import { readFileSync } from 'node:fs';
import { Agent, request as httpsRequest } from 'node:https';
import { parse } from 'yaml';
import type { Transport, TransportRequest, TransportResponse } from '../../../lib/client/transport';

/** The plainest transport to a real API server: client certificates, HTTP/1.1, keep-alive. */
export function realTransport(kubeconfig: string): Transport {
  const config = parse(readFileSync(kubeconfig, 'utf8'));
  const cluster = config.clusters[0].cluster;
  const user = config.users[0].user;
  const base = new URL(cluster.server);
  const decode = (text: string) => Buffer.from(text, 'base64');
  const agent = new Agent({
    keepAlive: true,
    maxSockets: 8,
    ca: decode(cluster['certificate-authority-data']),
    cert: decode(user['client-certificate-data']),
    key: decode(user['client-key-data']),
  });
  return {
    close: async () => agent.destroy(),
    send: ({ method, path, headers, body, signal }: TransportRequest) =>
      new Promise<TransportResponse>((resolve, reject) => {
        const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
        const options = { agent, method, path, host: base.hostname, port: base.port, headers: { ...headers, ...length }, signal };
        const sent = httpsRequest(options, (response) => {
          const read = Object.entries(response.headers).map(([name, value]) => [name, String(value)]);
          resolve({ status: response.statusCode ?? 0, headers: Object.fromEntries(read), body: response });
        });
        sent.on('error', reject);
        sent.end(body);
      }),
  };
}
