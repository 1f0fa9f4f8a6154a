import { createHash, createHmac } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:https';
import { selfSigned } from '../client/certificate';

/** An object store outside the cluster, as S3 speaks: GET of signed requests. */
export interface ObjectStore {
  /** What a client needs, as the keys of a Secret. */
  readonly credentials: Readonly<Record<string, string>>;
  close(): void;
}

const [ID, KEY, REGION] = ['test-reader', 'a-secret-of-this-run', 'us-east-1'];

/** Serves objects by path on port 443 of an address of this machine. */
export async function objectStore(address: string, objects: Readonly<Record<string, string>>): Promise<ObjectStore> {
  const { cert, key } = selfSigned(address);
  const server = createServer({ cert, key }, (request, response) => {
    const object = objects[request.url ?? ''];
    const status = !isSigned(request) ? 403 : object === undefined ? 404 : 200;
    response.writeHead(status).end(status === 200 ? object : '');
  });
  await new Promise<void>((resolve) => server.listen(443, address, resolve));
  const endpoint = `https://${address}`;
  return {
    credentials: { endpoint, region: REGION, 'access-key-id': ID, 'secret-access-key': KEY, 'ca.crt': cert },
    close: () => server.close(),
  };
}

/** Whether a request carries the signature that the key gives (AWS Signature Version 4, no query, empty body). */
function isSigned({ url = '', headers, method = '' }: IncomingMessage): boolean {
  const time = String(headers['x-amz-date']);
  const fields = /Credential=([^,]+), SignedHeaders=([^,]+), Signature=(\w+)/.exec(headers.authorization ?? '');
  if (fields === null) return false;
  const [, credential = '', names = '', signature] = fields;
  const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
  const lines = names.split(';').map((name) => `${name}:${String(headers[name])}\n`);
  const canonical = [method, url, '', lines.join(''), names, sha256('')].join('\n');
  const scope = [time.slice(0, 8), REGION, 's3', 'aws4_request'];
  const signing = scope.reduce<string | Buffer>(
    (secret, part) => createHmac('sha256', secret).update(part).digest(),
    `AWS4${KEY}`,
  );
  const text = ['AWS4-HMAC-SHA256', time, scope.join('/'), sha256(canonical)].join('\n');
  return credential === [ID, ...scope].join('/') && createHmac('sha256', signing).update(text).digest('hex') === signature;
}
