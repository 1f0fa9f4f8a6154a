import { createServer, type Server } from 'node:http';
import { createSecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ServingError } from '../../lib/errors/problem';
import { prometheus, serviceOf } from '../../lib/metrics/prometheus';
import { selfSigned } from '../../lib/sandbox/serve/certificate';
import { fakeApi } from '../release/fake-api';

let server: Server;
let url: string;
let answer: { readonly status: number; readonly body: string };
const seen: { readonly path: string; readonly authorization: string | undefined }[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    seen.push({ path: request.url ?? '', authorization: request.headers.authorization });
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(() => void server.close());

const vector = (...values: string[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ metric: { le: '+Inf' }, value: [1, value] })) },
  });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: unknown) =>
      error instanceof ServingError ? `${error.problems[0]?.code}: ${error.problems[0]?.message}` : String(error),
  );

describe('prometheus', () => {
  it('reads vectors and scalars, their special values too', async () => {
    answer = { status: 200, body: vector('1.5', '+Inf', 'NaN') };
    const found = await prometheus(`${url}/prefix/`, fakeApi({})).query('up{a="b"}');
    expect(found.map(({ value }) => value)).toEqual([1.5, Number.POSITIVE_INFINITY, Number.NaN]);
    expect(found[0]?.labels).toEqual({ le: '+Inf' });
    expect(seen.at(-1)?.path).toBe('/prefix/api/v1/query?query=up%7Ba%3D%22b%22%7D&timeout=15s');
    answer = { status: 200, body: '{"status":"success","data":{"resultType":"scalar","result":[1,"2"]}}' };
    expect(await prometheus(url, fakeApi({})).query('2')).toEqual([{ labels: {}, value: 2 }]);
  });

  it.each([
    [{ status: 400, body: '{"status":"error","errorType":"bad_data","error":"parse error"}' }, 'does not respond'],
    [{ status: 200, body: '<html>login</html>' }, 'not one of Prometheus'],
    [{ status: 200, body: '{"status":"success","data":{"resultType":"matrix","result":[]}}' }, 'a matrix'],
    [{ status: 200, body: '{"status":"error","error":"query timed out"}' }, 'query timed out'],
  ])('refuses %j', async (given, message) => {
    answer = given;
    const told = await codeOf(prometheus(url, fakeApi({})).query('up'));
    expect(told).toContain('METRICS_UNAVAILABLE');
    expect(told).toContain(message);
  });

  it('sends no token over plain http', async () => {
    answer = { status: 200, body: vector('1') };
    const before = seen.length;
    const told = await codeOf(prometheus(url, fakeApi({}), { url, auth: { token: 'secret' } }).query('up'));
    expect(told).toContain('credentials are not sent over plain http');
    expect(seen.length).toBe(before);
  });

  it.each([true, false])('shows a client certificate to a Prometheus that asks for one, over HTTP/2 or 1.1 (%j)', async (h2) => {
    const [own, client, stranger] = [selfSigned(), selfSigned(), selfSigned()];
    const asks = { requestCert: true, rejectUnauthorized: true, ca: [client.cert] };
    const options = { ...own, ...asks, allowHTTP1: true, ...(h2 ? {} : { ALPNProtocols: ['http/1.1'] }) };
    const secure = createSecureServer(options, (_, response) => void response.end(vector('3')));
    await new Promise<void>((resolve) => secure.listen(0, '127.0.0.1', resolve));
    const at = `https://127.0.0.1:${(secure.address() as AddressInfo).port}`;
    const query = (auth: { readonly cert?: string; readonly key?: string }, ca?: string) =>
      prometheus(at, fakeApi({}), { url: at, auth, ...(ca === undefined ? {} : { ca }) }).query('up');
    expect(await query(client, own.cert)).toMatchObject([{ value: 3 }]);
    expect(await codeOf(query({}, own.cert))).toContain('METRICS_UNAVAILABLE');
    expect(await codeOf(query(stranger, own.cert))).toContain('METRICS_UNAVAILABLE');
    expect(await codeOf(query(client))).toContain('self-signed certificate');
    secure.close();
  });

  it('reaches a Service of the cluster through the API server', async () => {
    const asked: unknown[] = [];
    const api = fakeApi({
      service: async (service, path) => {
        asked.push(service, path);
        return vector('7');
      },
    });
    expect(await prometheus('http://prometheus.monitoring:9090/base', api).query('up')).toMatchObject([{ value: 7 }]);
    expect(asked).toEqual([
      { name: 'prometheus', namespace: 'monitoring', port: 9090, secure: false, path: '/base' },
      '/api/v1/query?query=up&timeout=15s',
    ]);
  });
});

describe('serviceOf', () => {
  it.each([
    ['http://prometheus.monitoring', 'prometheus/monitoring/80'],
    ['https://prometheus.monitoring.svc', 'prometheus/monitoring/443'],
    ['http://prometheus.monitoring.svc.cluster.local:9090', 'prometheus/monitoring/9090'],
    ['https://prometheus.company.com', undefined],
    ['http://10.0.0.1:9090', undefined],
    ['http://localhost:9090', undefined],
  ])('%s', (address, expected) => {
    const found = serviceOf(address);
    expect(found && `${found.name}/${found.namespace}/${found.port}`).toBe(expected);
  });
});
