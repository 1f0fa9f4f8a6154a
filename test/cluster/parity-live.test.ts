import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';

describe.skipIf(!hasCluster)('serving parity --live', () => {
  let cluster: TestCluster;
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl('create', 'namespace', 'team-fraud-dev');
    await cluster.kubectl('apply', '--server-side', '-f', join(ROOT, 'dist/dev/fraud-model'));
    await cluster.kubectl('-n', 'team-fraud-dev', 'rollout', 'status', 'deployment/fraud-model', '--timeout=60s');
  });
  afterAll(() => cluster?.down());

  function parity() {
    const args = [join(ROOT, 'build/lib/cli/main.js'), 'parity', '--stack', 'fraud-model', '--live', 'dev', '--output', 'json'];
    const env = { ...process.env, KUBECONFIG: cluster.kubeconfig };
    const { status, stdout } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: 'utf8', env });
    const { drift } = JSON.parse(stdout) as { drift: { object: string; path: string; rendered?: unknown; live?: unknown }[] };
    return { status, drift };
  }

  it('finds no drift in what was applied, whatever the API server has filled in', () => {
    expect(parity()).toEqual({ status: 0, drift: [] });
  });

  it('finds what somebody has changed, added and removed by hand', async () => {
    const kubectl = (...args: string[]) => cluster.kubectl('-n', 'team-fraud-dev', ...args);
    await kubectl('set', 'resources', 'deployment/fraud-model', '--limits=memory=99Gi');
    await kubectl('set', 'env', 'deployment/fraud-model', 'HOTFIX=1');
    await kubectl('delete', 'networkpolicy', '--all');
    const { status, drift } = parity();
    expect(status).toBe(2);
    const container = 'spec.template.spec.containers[name=fraud-model]';
    expect(drift).toContainEqual(expect.objectContaining({ path: `${container}.resources.limits.memory`, live: '99Gi' }));
    expect(drift).toContainEqual(
      expect.objectContaining({ path: `${container}.env[name=HOTFIX]`, live: { name: 'HOTFIX', value: '1' } }),
    );
    expect(drift.filter(({ path }) => path === '').map(({ object }) => object)).toEqual([
      expect.stringMatching(/^NetworkPolicy\//),
    ]);
  });
});
