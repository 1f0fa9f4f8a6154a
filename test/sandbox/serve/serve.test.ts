import { X509Certificate } from 'node:crypto';
import { request } from 'node:https';
import { createSecureContext } from 'node:tls';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { RealClock } from '../../../lib/sandbox/core/clock';
import { createSandbox } from '../../../lib/sandbox/sandbox';
import { selfSigned } from '../../../lib/sandbox/serve/certificate';
import { serve } from '../../../lib/sandbox/serve/serve';

test('the certificate is one for loopback, signed by its own key', () => {
  const { cert } = selfSigned(1, new Date('2026-05-01T00:00:00Z'));
  const read = new X509Certificate(cert);
  expect([read.verify(read.publicKey), read.subjectAltName, read.ca, read.validTo]).toEqual([
    true,
    'DNS:localhost, IP Address:127.0.0.1',
    true,
    'May  2 00:00:00 2026 GMT',
  ]);
});

test('a certificate of whatever length can be used', () => {
  for (let i = 0; i < 100; i++) expect(() => createSecureContext(selfSigned())).not.toThrow();
});

test('it answers over TLS to who has the token, and to nobody else', async () => {
  const served = await serve(createSandbox({ clock: new RealClock() }));
  const config = parse(served.kubeconfig);
  const ca = Buffer.from(config.clusters[0].cluster['certificate-authority-data'], 'base64');
  const get = (authorization: string) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${served.url}/version`, { ca, headers: { authorization } }, (response) => {
        response.resume();
        response.on('end', () => resolve(response.statusCode));
      })
        .on('error', reject)
        .end();
    });
  try {
    expect([await get(`Bearer ${config.users[0].user.token}`), await get('Bearer nope')]).toEqual([200, 401]);
  } finally {
    await served.close();
  }
});
