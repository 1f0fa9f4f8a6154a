import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { servingIn } from '../cli/run-serving';
import { ROOT } from '../harness/project';

const run = promisify(execFile);
const has = (tool: string) => {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};
const missing = ['docker-registry', 'htpasswd', 'go'].filter((tool) => !has(tool));
if (missing.length > 0) console.warn(`SKIPPED: tests with a real registry; they need ${missing.join(', ')}`);

/** The client of another project, built once per machine. */
const ORAS = 'oras.land/oras/cmd/oras@v1.3.6';

describe.skipIf(missing.length > 0)('a real registry with TLS and a password', () => {
  const work = mkdtempSync(join(tmpdir(), 'registry-'));
  const directory = join(ROOT, 'dist/prod/fraud-model');
  const ca = join(work, 'ca.crt');
  const login = { DOCKER_CONFIG: join(work, 'docker') };
  let registry: ChildProcess;
  let host: string;
  let oras: string;

  beforeAll(async () => {
    const bin = join(tmpdir(), 'cdk8s-serving-oras-1.3.6');
    oras = join(bin, 'oras');
    if (!existsSync(oras)) await run('go', ['install', ORAS], { env: { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' } });
    const subject = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1'];
    const keyFile = join(work, 'key.pem');
    await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', ca, ...subject]);
    writeFileSync(join(work, 'users'), execFileSync('htpasswd', ['-nbB', 'robot', 'hush:hush']));
    const port = await freePort();
    host = `127.0.0.1:${port}`;
    const config = {
      version: '0.1',
      storage: { filesystem: { rootdirectory: join(work, 'data') } },
      http: { addr: host, tls: { certificate: ca, key: keyFile } },
      auth: { htpasswd: { realm: 'test', path: join(work, 'users') } },
    };
    writeFileSync(join(work, 'config.yml'), JSON.stringify(config));
    registry = spawn('docker-registry', ['serve', join(work, 'config.yml')], { stdio: 'ignore' });
    await vi.waitFor(async () => expect(await listens(port)).toBe(true), 60_000);
    mkdirSync(login.DOCKER_CONFIG);
    const auth = Buffer.from('robot:hush:hush').toString('base64');
    writeFileSync(join(login.DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  }, 600_000);
  afterAll(() => void registry?.kill());

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

  it('has signatures as cosign stores them, which OpenSSL verifies', async () => {
    const [key, pub, payload] = ['key', 'pub', 'payload'].map((name) => join(work, `cosign.${name}`)) as [string, string, string];
    await run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key]);
    await run('openssl', ['pkey', '-in', key, '-pubout', '-out', pub]);
    const reference = `${at('signed')}:1`;
    const unsigned = JSON.parse((await serving('push', directory, reference, '--ca-file', ca, '-o', 'json')).out);
    const pull = (to: string) => serving('pull', reference, '--ca-file', ca, '--verify-key', pub, '--to', join(work, to));
    const refused = await pull('unsigned');
    expect([refused.code, refused.err, existsSync(join(work, 'unsigned'))]).toEqual([
      1,
      expect.stringContaining('[SIGNATURE_MISSING]'),
      false,
    ]);
    await serving('push', directory, reference, '--ca-file', ca, '--sign-key', key);
    expect((await pull('verified')).code).toBe(0);

    const tag = `${host}/team/signed:${unsigned.digest.replace(':', '-')}.sig`;
    const { layers } = JSON.parse((await withOras(['manifest', 'fetch', tag], work)).stdout);
    await withOras(['blob', 'fetch', `${host}/team/signed@${layers[0].digest}`, '--output', payload], work);
    writeFileSync(`${payload}.sig`, Buffer.from(layers[0].annotations['dev.cosignproject.cosign/signature'], 'base64'));
    const verified = await run('openssl', ['dgst', '-sha256', '-verify', pub, '-signature', `${payload}.sig`, payload]);
    expect(verified.stdout).toContain('Verified OK');
    expect(JSON.parse(readFileSync(payload, 'utf8')).critical.image['docker-manifest-digest']).toBe(unsigned.digest);
  });
});

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function listens(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = dial(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).on('error', () => resolve(false));
  });
}
