import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fieldsAt, listAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { sglangRouter } from '../stacks/definitions/sglang-router';
import { renderStack } from '../stacks/render';

/** The router's own Python package, which is what its image runs. */
const PACKAGE = 'sglang-router==0.3.2';
const START = [
  'import argparse, sys',
  'from sglang_router.router import Router',
  'from sglang_router.router_args import RouterArgs',
  'parser = argparse.ArgumentParser()',
  'RouterArgs.add_cli_args(parser)',
  'Router.from_args(RouterArgs.from_cli_args(parser.parse_args(sys.argv[1:]))).start()',
].join('\n');

const listening = (server: Server): Promise<number> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port)));

/** A server of language models, as far as the router asks it. */
const model = createServer((request, response) => {
  response.setHeader('Content-Type', 'application/json');
  const authorized = request.headers.authorization === 'Bearer the-key';
  response.end(JSON.stringify({ model_path: '/mnt/models', served_model_name: 'server', is_generation: true, authorized }));
});

describe.skipIf(!hasCluster)("SGLang's router on a real control plane", () => {
  const { objects } = renderStack(sglangRouter);
  const named = (kind: string, name: string) =>
    objects.find((object) => object.kind === kind && object.metadata.name === name) as KubeObject;
  let cluster: TestCluster;
  let router: ChildProcess;
  let [http, metrics] = [0, 0];
  beforeAll(async () => {
    cluster = await startCluster();
    const packages = join(cluster.dir, 'python');
    const pip = ['-m', 'pip', 'install', '--quiet', '--no-deps', '--only-binary=:all:', '--target', packages, PACKAGE];
    execFileSync('python3', pip, { stdio: 'pipe' });
    await cluster.kubectl('create', 'namespace', 'stacks');
    const access = ['ServiceAccount', 'Role', 'RoleBinding'].map((kind) => named(kind, 'qwen-router'));
    await apply(access);
    [http, metrics] = await Promise.all([freePort(), freePort()]);
    const ports = ['--port', http, '--prometheus-port', metrics, '--service-discovery-port', await listening(model)].map(String);
    const container = podSpecOf(named('Deployment', 'qwen-router'))?.containers?.[0];
    const args = listAt(container, 'args').map((arg) => String(arg).replace('$(SGLANG_API_KEY)', 'the-key'));
    // The last of two values is the one that counts: other ports than in a pod, because they must be free here.
    router = spawn('python3', ['-c', START, ...args, ...ports], {
      env: { ...process.env, PYTHONPATH: packages, KUBECONFIG: await accountConfig() },
      stdio: 'ignore',
    });
  });
  afterAll(async () => {
    router?.kill('SIGKILL');
    model.close();
    await cluster?.down();
  });

  const apply = async (items: readonly object[]) => {
    const file = join(cluster.dir, 'objects.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items }));
    await cluster.kubectl('apply', '--server-side', '-f', file);
  };
  /** A kubeconfig with the token of the router's own account, and nothing else. */
  const accountConfig = async () => {
    const token = (await cluster.kubectl('create', 'token', 'qwen-router', '-n', 'stacks')).trim();
    const view = ['config', 'view', '--raw', '--minify', '-o', 'json'];
    const config = JSON.parse(await cluster.kubectl(...view)) as { users: object[]; contexts: { context: { user: string } }[] };
    const file = join(cluster.dir, 'router-kubeconfig');
    const users = [{ name: config.contexts[0]?.context.user, user: { token } }];
    writeFileSync(file, JSON.stringify({ ...config, users }));
    return file;
  };
  const freePort = async () => {
    const server = createServer();
    const port = await listening(server);
    server.close();
    return port;
  };
  const status = (path: string, port = http) =>
    fetch(`http://127.0.0.1:${port}${path}`).then(
      ({ status: code }) => code,
      () => 0,
    );
  /** A pod of the server's template that no kubelet runs: it is where the test listens. */
  const pod = async () => {
    const metadata = fieldsAt(named('Deployment', 'qwen-server'), 'spec', 'template', 'metadata');
    const containers = [{ name: 'server', image: 'registry.test/server:1' }];
    const spec = { schedulerName: 'none', containers };
    await apply([{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'server', namespace: 'stacks', ...metadata }, spec }]);
    const ready = [{ type: 'Ready', status: 'True' }];
    const running = { phase: 'Running', podIP: '127.0.0.1', podIPs: [{ ip: '127.0.0.1' }], conditions: ready };
    const patch = ['--subresource=status', '--type=merge', '-p', JSON.stringify({ status: running })];
    await cluster.kubectl('patch', 'pod', 'server', '-n', 'stacks', ...patch);
  };

  it('takes the command line, lives without servers, and is not ready', async () => {
    await expect.poll(() => status('/liveness'), { timeout: 60_000 }).toBe(200);
    expect([await status('/readiness'), await status('/metrics', metrics)]).toEqual([503, 200]);
  });

  it('finds the pods of its servers with the rights of its Role, and passes requests with the key on to them', async () => {
    await pod();
    await expect.poll(() => status('/readiness'), { timeout: 60_000 }).toBe(200);
    const body = JSON.stringify({ model: 'server', prompt: 'a', max_tokens: 1 });
    const ask = async (key: string) => {
      const headers = { 'Content-Type': 'application/json', Authorization: `Bearer ${key}` };
      const answer = await fetch(`http://127.0.0.1:${http}/v1/completions`, { method: 'POST', headers, body });
      return [answer.status, await answer.text()];
    };
    expect(await ask('another')).toEqual([401, '']);
    expect(await ask('the-key')).toEqual([200, expect.stringContaining('"authorized":true')]);
    await cluster.kubectl('delete', 'pod', 'server', '-n', 'stacks', '--wait=false', '--force', '--grace-period=0');
    await expect.poll(() => status('/readiness'), { timeout: 60_000 }).toBe(503);
  });

  it('ends at SIGTERM', async () => {
    const ended = new Promise<boolean>((resolve) => router.once('exit', () => resolve(true)));
    router.kill('SIGTERM');
    expect(await ended).toBe(true);
  });
});
