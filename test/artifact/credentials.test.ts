import { chmodSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findCredentials } from '../../lib/artifact/credentials';

const encoded = (text: string) => ({ auth: Buffer.from(text).toString('base64') });

/** A home directory with the given files. */
function homeWith(files: Readonly<Record<string, unknown>>): string {
  const home = mkdtempSync(join(tmpdir(), 'home-'));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(home, name)), { recursive: true });
    writeFileSync(join(home, name), typeof content === 'string' ? content : JSON.stringify(content));
  }
  return home;
}

describe('credentials', () => {
  it('are those of docker login, with a password that has colons', async () => {
    const home = homeWith({ '.docker/config.json': { auths: { 'r.test': encoded('robot:a:b') } } });
    expect(await findCredentials('r.test', 'team/x', { home, env: {} })).toEqual({ username: 'robot', password: 'a:b' });
    expect(await findCredentials('other.test', 'team/x', { home, env: {} })).toBeUndefined();
  });

  it('are those of podman for the longest path', async () => {
    const auths = {
      'r.test': encoded('a:1'),
      'r.test/team': encoded('b:2'),
      'r.test/team/x': encoded('c:3'),
      'r.test/te': encoded('d:4'),
    };
    const home = homeWith({ '.config/containers/auth.json': { auths } });
    const of = (repository: string) => findCredentials('r.test', repository, { home, env: {} });
    expect([await of('team/x'), await of('team/y'), await of('tea')]).toEqual([
      { username: 'c', password: '3' },
      { username: 'b', password: '2' },
      { username: 'a', password: '1' },
    ]);
  });

  it('come from the file that a variable names, and then from no other', async () => {
    const home = homeWith({
      '.docker/config.json': { auths: { 'r.test': encoded('docker:1') } },
      'own.json': { auths: { 'r.test': encoded('own:2') } },
      'empty.json': { auths: {} },
    });
    const of = (env: Readonly<Record<string, string>>) => findCredentials('r.test', 'x', { home, env });
    expect(await of({ REGISTRY_AUTH_FILE: join(home, 'own.json') })).toEqual({ username: 'own', password: '2' });
    expect(await of({ REGISTRY_AUTH_FILE: join(home, 'empty.json') })).toBeUndefined();
    expect(await of({})).toEqual({ username: 'docker', password: '1' });
  });

  it('know identity tokens and the old names of Docker Hub', async () => {
    const auths = { 'https://index.docker.io/v1/': { identitytoken: 'refresh' } };
    const home = homeWith({ '.docker/config.json': { auths } });
    expect(await findCredentials('docker.io', 'library/redis', { home, env: {} })).toEqual({ identityToken: 'refresh' });
  });

  it('come from a helper, which is told the registry and nothing of a shell', async () => {
    const home = homeWith({
      '.docker/config.json': {
        credHelpers: { 'r.test': 'ours', 'token.test': 'ours', 'broken.test': 'broken', 'evil.test': '../evil' },
        credsStore: 'none',
      },
    });
    const script = (name: string, body: string) => {
      writeFileSync(join(home, `docker-credential-${name}`), `#!/bin/sh\n${body}\n`);
      chmodSync(join(home, `docker-credential-${name}`), 0o755);
    };
    script(
      'ours',
      'read server; user=me; [ "$1 $server" = "get token.test" ] && user="<token>"\nprintf \'{"Username":"%s","Secret":"of %s"}\' "$user" "$server"',
    );
    script('broken', 'echo hush; exit 3');
    script('none', 'echo "credentials not found in native keychain"; exit 1');
    const of = (registry: string) => findCredentials(registry, 'x', { home, env: { PATH: `${home}:/usr/bin:/bin` } });
    expect(await of('r.test')).toEqual({ username: 'me', password: 'of r.test' });
    expect(await of('token.test')).toEqual({ identityToken: 'of token.test' });
    expect(await of('elsewhere.test')).toBeUndefined();
    await expect(of('broken.test')).rejects.toThrow(/docker-credential-broken: ended with exit code 3/);
    await expect(of('evil.test')).rejects.toThrow(/invalid credential helper/);
  });

  it('that cannot be read are an error that quotes none of them', async () => {
    const home = homeWith({ '.docker/config.json': '{"auths": {"r.test": {"auth": "c2VjcmV0"' });
    await expect(findCredentials('r.test', 'x', { home, env: {} })).rejects.toThrow(/is not JSON\. Log in/);
    const damaged = homeWith({ '.docker/config.json': { auths: { 'r.test': { auth: 'c2VjcmV0' } } } });
    const error = await findCredentials('r.test', 'x', { home: damaged, env: {} }).catch((thrown: unknown) => String(thrown));
    expect([error, String(error).includes('c2VjcmV0')]).toEqual([expect.stringContaining('without user and password'), false]);
  });
});
