import { type ChildProcess, execFile, execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, connect as dial } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, vi } from 'vitest';

const run = promisify(execFile);

/** Tools that are needed and not installed. */
export const missingTools: readonly string[] = ['docker-registry', 'htpasswd', 'go'].filter((tool) => !has(tool));
if (missingTools.length > 0) console.warn(`SKIPPED: tests with a real registry; they need ${missingTools.join(', ')}`);

/** Builds a tool of another project, once per machine. @returns its path */
export async function goTool(module: string, version: string): Promise<string> {
  const name = module.split('/').at(-1) ?? module;
  const bin = join(tmpdir(), `cdk8s-serving-${name}-${version.slice(1)}`);
  const env = { ...process.env, GOBIN: bin, GOFLAGS: '-mod=mod' };
  if (!existsSync(join(bin, name))) await run('go', ['install', `${module}@${version}`], { env });
  return join(bin, name);
}

/** A real registry on loopback with TLS and the user `robot`. */
export interface TestRegistry {
  readonly host: string;
  /** Directory of its own, with `ca.crt`, the certificate to trust, and `data`, what is stored. */
  readonly work: string;
  readonly ca: string;
  /** Environment that is logged in. */
  readonly login: { readonly DOCKER_CONFIG: string };
  stop(): void;
}

export async function startRegistry(): Promise<TestRegistry> {
  const work = mkdtempSync(join(tmpdir(), 'registry-'));
  const [ca, keyFile, users] = [join(work, 'ca.crt'), join(work, 'key.pem'), join(work, 'users')];
  const subject = ['-subj', '/CN=registry', '-addext', 'subjectAltName=IP:127.0.0.1'];
  await run('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile, '-out', ca, ...subject]);
  writeFileSync(users, execFileSync('htpasswd', ['-nbB', 'robot', 'hush:hush']));
  const port = await freePort();
  const host = `127.0.0.1:${port}`;
  const config = {
    version: '0.1',
    storage: { filesystem: { rootdirectory: join(work, 'data') } },
    http: { addr: host, tls: { certificate: ca, key: keyFile } },
    auth: { htpasswd: { realm: 'test', path: users } },
  };
  writeFileSync(join(work, 'config.yml'), JSON.stringify(config));
  const registry: ChildProcess = spawn('docker-registry', ['serve', join(work, 'config.yml')], { stdio: 'ignore' });
  await vi.waitFor(async () => expect(await listens(port)).toBe(true), 60_000);
  const login = { DOCKER_CONFIG: join(work, 'docker') };
  mkdirSync(login.DOCKER_CONFIG);
  const auth = Buffer.from('robot:hush:hush').toString('base64');
  writeFileSync(join(login.DOCKER_CONFIG, 'config.json'), JSON.stringify({ auths: { [host]: { auth } } }));
  return { host, work, ca, login, stop: () => void registry.kill() };
}

/** Creates a key as cosign uses them. @returns the files of both halves */
export async function createSigningKey(directory: string, name: string): Promise<readonly [key: string, publicKey: string]> {
  const [key, publicKey] = [join(directory, `${name}.key`), join(directory, `${name}.pub`)];
  await run('openssl', ['genpkey', '-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256', '-out', key]);
  await run('openssl', ['pkey', '-in', key, '-pubout', '-out', publicKey]);
  return [key, publicKey];
}

function has(tool: string): boolean {
  try {
    execFileSync('which', [tool], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

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
