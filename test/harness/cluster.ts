import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What stands beside the project on machines that have it: golden files, a control plane, peers. */
export const SHARED = resolve(__dirname, '../../../shared');
const CLUSTER = join(SHARED, 'cluster/cluster');

/** Whether a real control plane can be started here. Suites that need one are skipped without it, and say so. */
export const hasCluster: boolean = existsSync(CLUSTER);
if (!hasCluster) console.warn(`SKIPPED: tests on a real control plane; they need ../shared/cluster/cluster beside the project`);

/** A real control plane in a folder of its own. */
export interface TestCluster {
  readonly dir: string;
  readonly kubeconfig: string;
  /** Runs kubectl against it and returns what it printed. Rejects on a non-zero exit. */
  kubectl(...args: string[]): Promise<string>;
  /** Runs a sub-command of the cluster tool, such as `stop etcd`. */
  tool(...args: string[]): Promise<string>;
  down(): Promise<void>;
}

/** Starts a control plane; `env` is handed to the cluster tool (`CLUSTER_CPU_NODES`, `CLUSTER_APISERVER_FLAGS`). */
export async function startCluster(env: Readonly<Record<string, string>> = {}): Promise<TestCluster> {
  const dir = mkdtempSync(join(tmpdir(), 'serving-test-'));
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  await run(CLUSTER, ['up', dir], options);
  const bin = (await run(CLUSTER, ['bin'])).stdout.trim();
  const kubeconfig = join(dir, 'kubeconfig');
  return {
    dir,
    kubeconfig,
    kubectl: async (...args) => (await run(join(bin, 'kubectl'), ['--kubeconfig', kubeconfig, ...args], options)).stdout,
    tool: async (...args) => (await run(CLUSTER, [...args, dir], options)).stdout,
    down: async () => {
      await run(CLUSTER, ['down', dir]);
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
