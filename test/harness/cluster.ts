import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
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
  const options = { env: { ...process.env, ...env }, maxBuffer: 64 * 1024 * 1024 };
  const dir = await up(options);
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

/** Its ports are free when they are chosen; where another process takes one meanwhile, a component dies, and it is begun anew. */
async function up(options: { readonly env: NodeJS.ProcessEnv }): Promise<string> {
  for (let tries = 1; ; tries++) {
    const dir = mkdtempSync(join(tmpdir(), 'serving-test-'));
    const failed = await run(CLUSTER, ['up', dir], options).then(
      () => undefined,
      (error: unknown) => error,
    );
    const dead = readdirSync(dir).filter((file) => file.endsWith('.pid') && !isAlive(Number(readFileSync(join(dir, file)))));
    if (failed === undefined && dead.length === 0) return dir;
    await run(CLUSTER, ['down', dir]).catch(() => undefined);
    rmSync(dir, { recursive: true, force: true });
    if (tries === 3) throw failed ?? new Error(`the control plane lost ${dead.join(', ')}`);
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
