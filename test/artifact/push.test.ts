import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packArtifact } from '../../lib/artifact/artifact';
import { RegistryConnection } from '../../lib/artifact/connection';
import { pullArtifact } from '../../lib/artifact/pull';
import { pushArtifact } from '../../lib/artifact/push';
import { parseReference } from '../../lib/artifact/reference';
import type { ArtifactFile } from '../../lib/artifact/tar';
import { uploadBlob } from '../../lib/artifact/upload';
import { ServingError } from '../../lib/errors/problem';
import { FakeRegistry, sha } from './fake-registry';

const FILES: readonly ArtifactFile[] = [
  { path: '10-a.yaml', content: Buffer.from('kind: ConfigMap\n') },
  { path: 'gates/90-b.yaml', content: Buffer.from('kind: Job\n') },
];
const REFERENCE = parseReference('oci://registry.test/team/fraud:1.4.2');
const home = mkdtempSync(join(tmpdir(), 'no-credentials-'));
const through = ({ exchange, clock }: FakeRegistry) => ({ exchange, clock, home, env: {} });

async function problemOf(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  return error instanceof ServingError ? error.problems.map(({ code, message }) => `${code}: ${message}`).join() : String(error);
}

describe('push', () => {
  it('uploads config and archive, then the manifest under digest and tag', async () => {
    const registry = new FakeRegistry();
    const pushed = await pushArtifact(FILES, REFERENCE, through(registry));
    expect(pushed).toMatchObject({ uploaded: 2, tagged: true, signed: false, reference: { tag: '1.4.2' } });
    const manifest = JSON.parse(String(registry.manifests.get('1.4.2')?.body));
    expect(manifest.config.mediaType).toBe('application/vnd.cncf.flux.config.v1+json');
    expect(manifest.layers.map((layer: { mediaType: string }) => layer.mediaType)).toEqual([
      'application/vnd.cncf.flux.content.v1.tar+gzip',
    ]);
    expect((await pullArtifact(REFERENCE, through(registry))).files).toEqual(FILES);
  });

  it('writes nothing the second time', async () => {
    const registry = new FakeRegistry();
    await pushArtifact(FILES, REFERENCE, through(registry));
    registry.log.length = 0;
    const again = await pushArtifact([...FILES].reverse(), REFERENCE, through(registry));
    expect([again.uploaded, again.tagged, registry.writes]).toEqual([0, false, []]);
  });

  it('uploads nothing under another tag, and names the digest that a moved tag had', async () => {
    const registry = new FakeRegistry();
    const first = await pushArtifact(FILES, REFERENCE, through(registry));
    const other = await pushArtifact(FILES, { ...REFERENCE, tag: 'prod' }, through(registry));
    expect([other.uploaded, other.tagged]).toEqual([0, true]);
    const moved = await pushArtifact(FILES.slice(0, 1), { ...REFERENCE, tag: 'prod' }, through(registry));
    expect(moved.movedFrom).toBe(first.reference.digest);
    // By digest, the moved tag does not matter.
    const pulled = await pullArtifact({ ...REFERENCE, tag: 'prod', digest: first.reference.digest }, through(registry));
    expect(pulled.files).toEqual(FILES);
  });

  it('has the same digest everywhere', () => {
    // Not of this machine: made once, to be the same on every processor and version of Node.js.
    expect(packArtifact(FILES, { b: '2', a: '1' }).digest).toBe(
      'sha256:f1f0fee14686f49b429593783c15cf6185f72baa3b4c005f0c1244bff03de3fa',
    );
    expect(packArtifact([...FILES].reverse(), { a: '1', b: '2' }).digest).toBe(packArtifact(FILES, { b: '2', a: '1' }).digest);
  });

  it('needs a tag', async () => {
    const { tag: _tag, ...untagged } = REFERENCE;
    expect(await problemOf(pushArtifact(FILES, untagged, through(new FakeRegistry())))).toMatch(/^REFERENCE_INVALID/);
  });
});

describe('a registry that fails', () => {
  it.each([
    ['429 with Retry-After', { status: 429, headers: { 'retry-after': '7' } }, [7]],
    ['503', { status: 503 }, [expect.any(Number)]],
    ['a lost connection', 'lost', [expect.any(Number)]],
    ['a lost answer', 'lost after', [expect.any(Number)]],
  ] as const)('is asked again after %s', async (_name, fault, slept) => {
    for (const match of [/^GET manifests/, /^HEAD blobs/, /^POST/, /^PUT blobs/, /^PUT manifests/]) {
      const registry = new FakeRegistry().fail(match, fault);
      await pushArtifact(FILES, REFERENCE, through(registry));
      expect([String(match), registry.slept]).toEqual([String(match), slept]);
      expect((await pullArtifact(REFERENCE, through(registry))).files).toEqual(FILES);
    }
    const registry = new FakeRegistry();
    await pushArtifact(FILES, REFERENCE, through(registry));
    registry.fail(/^GET blobs/, fault);
    expect((await pullArtifact(REFERENCE, through(registry))).files).toEqual(FILES);
  });

  it.each([
    [{ status: 500 }, 9, /^REGISTRY_UNAVAILABLE/],
    [{ status: 429, headers: { 'retry-after': '3600' } }, 1, /^REGISTRY_UNAVAILABLE: the registry limits/],
    [{ status: 403, body: Buffer.from('{"errors":[{"code":"DENIED","message":"no"}]}') }, 1, /^REGISTRY_DENIED/],
    [{ status: 400 }, 1, /^REGISTRY_REFUSED/],
    ['lost', 9, /^REGISTRY_UNREACHABLE/],
  ] as const)('refuses with a sentence: %j', async (fault, times, expected) => {
    const registry = new FakeRegistry().fail(/./, fault, times);
    expect(await problemOf(pushArtifact(FILES, REFERENCE, through(registry)))).toMatch(expected);
    expect(registry.log.length).toBe(times === 1 ? 1 : 5);
    expect(registry.manifests.size).toBe(0);
  });

  it('continues an upload where the connection was lost, in chunks too', async () => {
    const content = Buffer.alloc(1000, 'x');
    const connect = ({ exchange, clock }: FakeRegistry) => new RegistryConnection(REFERENCE, { exchange, clock });
    const registry = new FakeRegistry().fail(/^PUT blobs/, 'lost within');
    expect(await uploadBlob(connect(registry), content, sha(content))).toBe(true);
    expect([registry.blobs.get(sha(content)), registry.sent]).toEqual([content, [1000, 500]]);

    const chunked = new FakeRegistry().fail(/^PATCH blobs/, 'lost within').fail(/^PUT blobs/, { status: 503 });
    expect(await uploadBlob(connect(chunked), content, sha(content), 400)).toBe(true);
    // Of the first chunk half was lost; of the last, nothing was taken.
    expect([chunked.blobs.get(sha(content)), chunked.sent]).toEqual([content, [400, 400, 400, 400]]);

    // A registry that has forgotten the upload gets it from the start.
    const forgetful = new FakeRegistry().fail(/^PUT blobs/, 'lost within').fail(/^GET blobs.uploads/, { status: 404 });
    expect(await uploadBlob(connect(forgetful), content, sha(content))).toBe(true);
    expect([forgetful.blobs.get(sha(content)), forgetful.sent]).toEqual([content, [1000, 1000]]);
  });

  it('refuses what does not have its digest', async () => {
    const registry = new FakeRegistry();
    await pushArtifact(FILES, REFERENCE, through(registry));
    const wrong = (answer: { status: number; headers: object; body: Buffer }) => ({
      ...answer,
      headers: {},
      body: Buffer.from(answer.body.map((byte, index) => (index === 20 ? byte ^ 1 : byte))),
    });
    registry.fail(/^GET blobs/, wrong, 2);
    expect(await problemOf(pullArtifact(REFERENCE, through(registry)))).toMatch(/^ARTIFACT_INVALID: .*another blob/);
    // Once may be the network.
    registry.fail(/^GET blobs/, wrong, 1);
    expect((await pullArtifact(REFERENCE, through(registry))).files).toEqual(FILES);
    const { digest } = packArtifact(FILES, {});
    registry.fail(/^GET manifests/, wrong);
    expect(await problemOf(pullArtifact({ ...REFERENCE, digest }, through(registry)))).toMatch(/another manifest/);
    registry.fail(/^GET blobs/, (answer) => ({ ...answer, body: Buffer.concat([answer.body, Buffer.alloc(1)]) }));
    expect(await problemOf(pullArtifact(REFERENCE, through(registry)))).toMatch(/too large/);
  });
});

describe('logging in', () => {
  const auth = Buffer.from('robot:secret').toString('base64');
  const config = mkdtempSync(join(tmpdir(), 'auth-'));
  writeFileSync(join(config, 'config.json'), JSON.stringify({ auths: { 'registry.test': { auth } } }));
  const withLogin = (registry: FakeRegistry) => ({ ...through(registry), env: { DOCKER_CONFIG: config } });

  it('answers a Basic challenge with what docker login has kept', async () => {
    const registry = new FakeRegistry();
    registry.authorization = `Basic ${auth}`;
    expect(await problemOf(pushArtifact(FILES, REFERENCE, through(registry)))).toMatch(/^REGISTRY_DENIED/);
    expect(registry.writes).toEqual([]);
    await pushArtifact(FILES, REFERENCE, withLogin(registry));
    expect(registry.manifests.has('1.4.2')).toBe(true);
  });

  it('gets a token, and another one when it has expired', async () => {
    const registry = new FakeRegistry();
    registry.authorization = 'Bearer one';
    registry.challenge = 'Bearer realm="https://auth.test/token",service="registry.test"';
    const tokens: string[] = [];
    const exchange: typeof registry.exchange = async (request, largest) => {
      if (request.url.host !== 'auth.test') return registry.exchange(request, largest);
      tokens.push(`${request.headers.authorization} ${request.url.searchParams.get('scope')}`);
      const token = String(registry.authorization).replace('Bearer ', '');
      return { status: 200, headers: {}, body: Buffer.from(JSON.stringify({ token })) };
    };
    registry.fail(/^PUT manifests\/1.4.2/, (answer) => {
      registry.authorization = 'Bearer two';
      return { ...answer, status: 401, headers: { 'www-authenticate': registry.challenge } };
    });
    await pushArtifact(FILES, REFERENCE, { ...withLogin(registry), exchange });
    expect(tokens).toEqual(Array(2).fill(`Basic ${auth} repository:team/fraud:pull,push`));
  });

  it('sends no password to a token server without TLS', async () => {
    const registry = new FakeRegistry();
    registry.authorization = 'Bearer one';
    registry.challenge = 'Bearer realm="http://auth.test/token",service="registry.test"';
    expect(await problemOf(pushArtifact(FILES, REFERENCE, withLogin(registry)))).toMatch(/^REGISTRY_DENIED/);
    expect(registry.log).toHaveLength(1);
  });
});

describe('a signature', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });

  it('is made once per key, kept next to others, and checked before anything else is read', async () => {
    const registry = new FakeRegistry();
    const sign = (signKey: typeof privateKey) => pushArtifact(FILES, REFERENCE, { ...through(registry), signKey });
    expect(await problemOf(sign(privateKey))).toBe('undefined');
    expect([(await sign(privateKey)).signed, (await sign(other.privateKey)).signed]).toEqual([false, true]);
    for (const verifyKey of [publicKey, other.publicKey])
      expect((await pullArtifact(REFERENCE, { ...through(registry), verifyKey })).files).toEqual(FILES);
    const third = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey;
    expect(await problemOf(pullArtifact(REFERENCE, { ...through(registry), verifyKey: third }))).toMatch(/^SIGNATURE_INVALID/);
  });

  it('of another artifact does not count', async () => {
    const registry = new FakeRegistry();
    const signed = await pushArtifact(FILES, REFERENCE, { ...through(registry), signKey: privateKey });
    const planted = await pushArtifact(FILES.slice(0, 1), REFERENCE, through(registry));
    const pull = () => pullArtifact(REFERENCE, { ...through(registry), verifyKey: publicKey });
    expect(await problemOf(pull())).toMatch(/^SIGNATURE_MISSING/);
    const tagOf = (digest: string) => `${digest.replace(':', '-')}.sig`;
    const signature = registry.manifests.get(tagOf(signed.reference.digest));
    if (signature !== undefined) registry.manifests.set(tagOf(planted.reference.digest), signature);
    expect(await problemOf(pull())).toMatch(/^SIGNATURE_INVALID/);
  });
});
