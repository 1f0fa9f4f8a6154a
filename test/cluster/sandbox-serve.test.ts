import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { RealClock } from '../../lib/sandbox/core/clock';
import { createSandbox } from '../../lib/sandbox/sandbox';
import { type Served, serve } from '../../lib/sandbox/serve/serve';
import { hasCluster, SHARED } from '../harness/cluster';
import { deployment } from '../sandbox/ask';

const run = promisify(execFile);

describe.runIf(hasCluster)('kubectl works against a served sandbox', () => {
  const dir = mkdtempSync(join(tmpdir(), 'sandbox-serve-'));
  const manifest = join(dir, 'web.json');
  let served: Served | undefined;
  let bin = '';

  beforeAll(async () => {
    bin = (await run(join(SHARED, 'cluster/cluster'), ['bin'])).stdout.trim();
    served = await serve(createSandbox({ clock: new RealClock() }));
    writeFileSync(join(dir, 'kubeconfig'), served.kubeconfig);
    writeFileSync(manifest, JSON.stringify(deployment('web')));
  });

  afterAll(async () => {
    await served?.close();
    rmSync(dir, { recursive: true, force: true });
  });

  const kubectl = async (...args: string[]): Promise<string> => {
    const options = { timeout: 20_000, env: { ...process.env, HOME: dir } };
    return (await run(join(bin, 'kubectl'), ['--kubeconfig', join(dir, 'kubeconfig'), ...args], options)).stdout.trim();
  };

  test('apply --server-side, wait, get, logs, delete', async () => {
    expect(await kubectl('apply', '--server-side', '-f', manifest)).toBe('deployment.apps/web serverside-applied');
    expect(await kubectl('wait', '--for=condition=Available', 'deployment/web', '--timeout=10s')).toBe(
      'deployment.apps/web condition met',
    );
    expect(await kubectl('rollout', 'status', 'deployment/web', '--timeout=10s')).toContain('successfully rolled out');
    expect(await kubectl('get', 'deploy', 'web', '-o', 'jsonpath={.status.readyReplicas}')).toBe('2');
    expect((await kubectl('get', 'pods', '-o', 'name')).split('\n')).toHaveLength(2);
    expect(await kubectl('logs', 'deployment/web')).toContain('loading model');
    expect(await kubectl('delete', '-f', manifest)).toContain('"web" deleted');
    await expect(kubectl('get', 'deploy', 'web')).rejects.toThrow('deployments.apps "web" not found');
  });

  test('apply of the other kind, scale, and what is not there', async () => {
    expect(await kubectl('apply', '-f', manifest)).toBe('deployment.apps/web created');
    expect(await kubectl('scale', 'deploy', 'web', '--replicas=3')).toBe('deployment.apps/web scaled');
    await expect(kubectl('apply', '--server-side', '-f', manifest)).rejects.toThrow(
      'conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
    );
    await expect(kubectl('get', 'nopes')).rejects.toThrow("the server doesn't have a resource type");
  });

  test('a wrong token is refused', async () => {
    await expect(kubectl('get', 'pods', '--token', 'nope')).rejects.toThrow(/Unauthorized|provide credentials/);
  });
});
