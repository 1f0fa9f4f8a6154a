import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { connect } from '../../lib/client';

/** An API server to test on, without a promise that pods run. */
export interface ApiServer {
  readonly kubeconfig: string;
  /** How it was found, to say so. */
  readonly origin: 'KUBECONFIG' | 'KUBEBUILDER_ASSETS' | '../shared/cluster';
  down(): Promise<void>;
}

const CLUSTER = resolve(__dirname, '../../../shared/cluster/cluster');

/** Where an API server can be had from: the control plane beside the project, else what the environment names. */
export function apiServerOrigin(env: NodeJS.ProcessEnv = process.env): ApiServer['origin'] | undefined {
  if (existsSync(CLUSTER)) return '../shared/cluster';
  if (env.KUBECONFIG?.split(delimiter).some((file) => existsSync(file))) return 'KUBECONFIG';
  return env.KUBEBUILDER_ASSETS !== undefined ? 'KUBEBUILDER_ASSETS' : undefined;
}

/** Takes the API server of KUBECONFIG, or starts etcd and kube-apiserver from a folder of programs, as envtest does. */
export async function anyApiServer(origin: ApiServer['origin']): Promise<ApiServer> {
  if (origin === 'KUBECONFIG') return { kubeconfig: process.env.KUBECONFIG ?? '', origin, down: async () => undefined };
  const bin =
    origin === 'KUBEBUILDER_ASSETS'
      ? (process.env.KUBEBUILDER_ASSETS ?? '')
      : execFileSync(CLUSTER, ['bin'], { encoding: 'utf8' }).trim();
  return { ...(await startApiServer(bin)), origin };
}

async function startApiServer(bin: string): Promise<Pick<ApiServer, 'kubeconfig' | 'down'>> {
  const dir = mkdtempSync(join(tmpdir(), 'serving-api-server-'));
  const [client, peer, secure] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${client}`;
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  writeFileSync(join(dir, 'sa.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  writeFileSync(join(dir, 'tokens.csv'), 'test-token,admin,admin,system:masters\n');
  const start = (program: string, args: readonly string[]): ChildProcess =>
    spawn(join(bin, program), args, { stdio: 'ignore', cwd: dir });
  const etcd = start('etcd', [
    `--data-dir=${join(dir, 'etcd')}`,
    `--listen-client-urls=${etcdUrl}`,
    `--advertise-client-urls=${etcdUrl}`,
    `--listen-peer-urls=http://127.0.0.1:${peer}`,
    '--unsafe-no-fsync',
  ]);
  const server = start('kube-apiserver', [
    `--etcd-servers=${etcdUrl}`,
    '--bind-address=127.0.0.1',
    `--secure-port=${secure}`,
    `--cert-dir=${dir}`,
    `--token-auth-file=${join(dir, 'tokens.csv')}`,
    '--authorization-mode=RBAC',
    '--disable-admission-plugins=ServiceAccount',
    '--service-account-issuer=https://kubernetes.default.svc',
    `--service-account-key-file=${join(dir, 'sa.key')}`,
    `--service-account-signing-key-file=${join(dir, 'sa.key')}`,
    '--service-cluster-ip-range=10.0.0.0/24',
  ]);
  const kubeconfig = join(dir, 'kubeconfig');
  const entry = (name: string, value: object) => [{ name: 'test', [name]: value }];
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: entry('cluster', { server: `https://127.0.0.1:${secure}`, 'insecure-skip-tls-verify': true }),
    users: entry('user', { token: 'test-token' }),
    contexts: entry('context', { cluster: 'test', user: 'test' }),
    'current-context': 'test',
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  const down = async () => {
    const ended = [server, etcd].map((child) => new Promise((done) => child.once('exit', done)));
    for (const child of [server, etcd]) child.kill();
    await Promise.race([Promise.all(ended), sleep(10_000)]);
    rmSync(dir, { recursive: true, force: true });
  };
  try {
    await ready(kubeconfig, server);
  } catch (error) {
    await down();
    throw error;
  }
  return { kubeconfig, down };
}

async function ready(kubeconfig: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 150 && server.exitCode === null; tries++) {
    const api = await connect({ kubeconfig });
    const found = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: 'default' }).catch(() => undefined);
    await api.close();
    if (found !== undefined) return;
    await sleep(200);
  }
  throw new Error('kube-apiserver did not become ready in 30 s');
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}
