import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servingIn } from '../cli/run-serving';
import { ROOT } from '../harness/project';
import { createSigningKey, goTool, missingTools, startRegistry, type TestRegistry } from '../harness/registry';

const run = promisify(execFile);

describe.skipIf(missingTools.length > 0)('a real registry with TLS and a password', () => {
  const directory = join(ROOT, 'dist/prod/fraud-model');
  let registry: TestRegistry;
  let [work, host, ca, oras, cosign] = ['', '', '', '', ''];
  let login: TestRegistry['login'];

  beforeAll(async () => {
    oras = await goTool('oras.land/oras/cmd/oras', 'v1.3.6');
    cosign = await goTool('github.com/sigstore/cosign/v2/cmd/cosign', 'v2.4.1');
    registry = await startRegistry();
    ({ work, host, ca, login } = registry);
  }, 900_000);
  afterAll(() => registry?.stop());

  const at = (name: string) => `oci://${host}/team/${name}`;
  const serving = (...args: readonly string[]) => servingIn({ env: login }, ...args);
  const withOras = (args: readonly string[], cwd: string) =>
    run(oras, [...args, '--ca-file', ca, '--registry-config', join(login.DOCKER_CONFIG, 'config.json')], { cwd });
  const stored = () => readdirSync(join(work, 'data'), { recursive: true }).length;

  it('refuses a stranger, an unknown certificate and a wrong password with a sentence, and takes nothing from them', async () => {
    const empty = { DOCKER_CONFIG: mkdtempSync(join(tmpdir(), 'no-login-')), HOME: work };
    const anonymous = await servingIn({ env: empty }, 'push', directory, `${at('x')}:1`, '--ca-file', ca);
    expect([anonymous.code, anonymous.err]).toEqual([
      1,
      expect.stringMatching(/does not accept the credentials.*\[REGISTRY_DENIED\]/),
    ]);
    const distrusted = await serving('push', directory, `${at('x')}:1`);
    expect([distrusted.code, distrusted.err]).toEqual([1, expect.stringMatching(/certificate is not trusted.*--ca-file/)]);
    const wrong = mkdtempSync(join(tmpdir(), 'wrong-login-'));
    const auth = Buffer.from('robot:guess').toString('base64');
    writeFileSync(join(wrong, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
    const refused = await servingIn({ env: { DOCKER_CONFIG: wrong } }, 'push', directory, `${at('x')}:1`, '--ca-file', ca);
    expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('[REGISTRY_DENIED]')]);
    expect(refused.err).not.toContain('guess');
    expect(existsSync(join(work, 'data/docker/registry/v2/repositories'))).toBe(false);
  });

  it('has the same bytes for push and pull of both clients; a second push uploads nothing', async () => {
    const pushed = await serving('push', directory, `${at('fraud')}:1.4.2`, '--ca-file', ca, '-o', 'json');
    expect(pushed.code).toBe(0);
    const { digest, uploaded } = JSON.parse(pushed.out) as { readonly digest: string; readonly uploaded: number };
    expect(uploaded).toBe(2);
    const before = stored();
    const again = await serving('push', directory, `${at('fraud')}:1.4.2`, '--ca-file', ca, '-o', 'json');
    expect([JSON.parse(again.out).uploaded, JSON.parse(again.out).tagged, stored()]).toEqual([0, false, before]);

    const out = join(work, 'by-serving');
    expect((await serving('pull', `${at('fraud')}@${digest}`, '--ca-file', ca, '--to', out)).code).toBe(0);
    expect((await run('diff', ['-r', directory, out])).stdout).toBe('');

    const byOras = join(work, 'by-oras');
    mkdirSync(byOras);
    await withOras(['pull', `${host}/team/fraud:1.4.2`], byOras);
    mkdirSync(join(byOras, 'files'));
    await run('tar', ['-xzf', 'manifests.tar.gz', '-C', 'files'], { cwd: byOras });
    expect((await run('diff', ['-r', directory, join(byOras, 'files')])).stdout).toBe('');
    const { stdout } = await withOras(['manifest', 'fetch', `${host}/team/fraud:1.4.2`], work);
    expect(`sha256:${createHash('sha256').update(stdout).digest('hex')}`).toBe(digest);

    await withOras(['push', `${host}/team/foreign:1`, 'fraud-model'], join(ROOT, 'dist/prod'));
    const foreign = join(work, 'foreign');
    expect((await serving('pull', `${at('foreign')}:1`, '--ca-file', ca, '--to', foreign)).code).toBe(0);
    expect((await run('diff', ['-r', directory, foreign])).stdout).toBe('');
  });

  it('a digest stays what it is when the tag moves, for every command that reads manifests', async () => {
    const first = JSON.parse((await serving('push', directory, `${at('moving')}:prod`, '--ca-file', ca, '-o', 'json')).out);
    const other = join(ROOT, 'dist/prod/my-model');
    expect((await serving('push', other, `${at('moving')}:prod`, '--ca-file', ca)).out).toContain(
      `tag moved from ${first.digest}`,
    );
    const graph = async (reference: string) => (await serving('graph', reference, '--ca-file', ca)).out;
    const [byDigest, byTag] = await Promise.all([graph(`${at('moving')}:prod@${first.digest}`), graph(`${at('moving')}:prod`)]);
    expect([byDigest, byTag]).toEqual([expect.stringContaining('fraud-model'), expect.stringContaining('my-model')]);
    expect(byDigest).not.toContain('my-model');
  });

  it('has signatures that cosign verifies, and that OpenSSL verifies in what cosign stores', async () => {
    const [key, pub] = await createSigningKey(work, 'cosign');
    const payload = join(work, 'cosign.payload');
    const reference = `${at('signed')}:1`;
    const unsigned = JSON.parse((await serving('push', directory, reference, '--ca-file', ca, '-o', 'json')).out);
    const pull = (to: string) => serving('pull', reference, '--ca-file', ca, '--verify-key', pub, '--to', join(work, to));
    const refused = await pull('unsigned');
    expect([refused.code, refused.err, existsSync(join(work, 'unsigned'))]).toEqual([
      1,
      expect.stringContaining('[SIGNATURE_MISSING]'),
      false,
    ]);
    const verify = (publicKey: string) =>
      run(
        cosign,
        [
          'verify',
          '--key',
          publicKey,
          '--insecure-ignore-tlog',
          '--private-infrastructure',
          `${host}/team/signed@${unsigned.digest}`,
        ],
        {
          env: { ...process.env, ...login, SSL_CERT_FILE: ca, HOME: work },
        },
      );
    await expect(verify(pub)).rejects.toThrow(/no signatures found/);
    await serving('push', directory, reference, '--ca-file', ca, '--sign-key', key);
    expect((await pull('verified')).code).toBe(0);
    const [{ critical }] = JSON.parse((await verify(pub)).stdout);
    expect(critical.image['docker-manifest-digest']).toBe(unsigned.digest);
    const [, stranger] = await createSigningKey(work, 'stranger');
    await expect(verify(stranger)).rejects.toThrow(/no matching signatures/);

    const tag = `${host}/team/signed:${unsigned.digest.replace(':', '-')}.sig`;
    const { layers } = JSON.parse((await withOras(['manifest', 'fetch', tag], work)).stdout);
    await withOras(['blob', 'fetch', `${host}/team/signed@${layers[0].digest}`, '--output', payload], work);
    writeFileSync(`${payload}.sig`, Buffer.from(layers[0].annotations['dev.cosignproject.cosign/signature'], 'base64'));
    const verified = await run('openssl', ['dgst', '-sha256', '-verify', pub, '-signature', `${payload}.sig`, payload]);
    expect(verified.stdout).toContain('Verified OK');
    expect(JSON.parse(readFileSync(payload, 'utf8')).critical.image['docker-manifest-digest']).toBe(unsigned.digest);
  });

  it('verifies what cosign has signed', async () => {
    const [key, pub] = await createSigningKey(work, 'theirs');
    const reference = `${at('by-cosign')}:1`;
    const { digest } = JSON.parse((await serving('push', directory, reference, '--ca-file', ca, '-o', 'json')).out);
    const env = { ...process.env, ...login, SSL_CERT_FILE: ca, HOME: work, COSIGN_PASSWORD: '' };
    await run(cosign, ['import-key-pair', '--key', key, '--output-key-prefix', join(work, 'imported'), '--yes'], { env });
    const sign = ['sign', '--key', join(work, 'imported.key'), '--tlog-upload=false', '--yes'];
    await run(cosign, [...sign, `${host}/team/by-cosign@${digest}`], { env });
    const pulled = await serving('pull', reference, '--ca-file', ca, '--verify-key', pub, '--to', join(work, 'by-cosign'));
    expect([pulled.code, pulled.err]).toEqual([0, '']);
  });
});
