import type { Socket } from 'node:net';
import { ServingError } from '../errors/problem';
import { authenticated, authenticator, type Credentials } from './auth';
import type { Clock } from './clock';
import type { Connection } from './connection';
import { dial } from './dial';
import { http1Transport } from './http1';
import { http2Transport } from './http2';
import type { Transport } from './transport';

/** The transport to a real API server: authenticated, with HTTP/2 if offered. Opens no connection before the first request. */
export function networkTransport(connection: Connection, clock: Clock): Transport {
  refuseInTheClear(connection);
  return authenticated(authenticator(connection.auth, clock), (tls) =>
    connection.server.startsWith('http:') ? http1Transport(connection.server) : negotiated(connection, tls, clock),
  );
}

/** Rejects credentials that anyone on the network could read. Plain HTTP without credentials, as for `kubectl proxy`, is fine. */
function refuseInTheClear({ server, auth }: Connection): void {
  const { token, tokenFile, basic, exec } = auth;
  if (!server.startsWith('http:') || [token, tokenFile, basic, exec].every((one) => one === undefined)) return;
  const message = 'credentials are not sent over plain http';
  const remedy = 'Use https, or a user without credentials for a local proxy.';
  throw new ServingError([{ code: 'AUTH_UNSUPPORTED', subject: server, message, remedy }]);
}

/** Lets the first connection choose the protocol, and uses it. */
function negotiated(connection: Connection, tls: Pick<Credentials, 'cert' | 'key'>, clock: Clock): Transport {
  let chosen: Promise<Transport> | undefined;
  let closed = false;
  const choose = async (): Promise<Transport> => {
    const first = await dial(connection, tls);
    let unused: Socket | undefined = first;
    const open = async () => {
      const ready = unused;
      unused = undefined;
      return ready !== undefined && !ready.destroyed ? ready : dial(connection, tls);
    };
    const transport =
      first.alpnProtocol === 'h2' ? http2Transport(connection.server, open, clock) : http1Transport(connection.server, open);
    if (closed) {
      first.destroy();
      await transport.close();
    }
    return transport;
  };
  return {
    async send(request) {
      chosen ??= choose();
      const waiting = chosen;
      try {
        return (await waiting).send(request);
      } catch (error) {
        if (chosen === waiting) chosen = undefined;
        throw error;
      }
    },
    async close() {
      closed = true;
      await chosen?.then((transport) => transport.close()).catch(() => {});
    },
  };
}
