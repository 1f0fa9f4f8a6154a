import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { hasCluster, SHARED } from './cluster';

/** The real kubectl; there is none without ../shared. */
export const kubectlPath = (): string =>
  join(execFileSync(join(SHARED, 'cluster/cluster'), ['bin'], { encoding: 'utf8' }).trim(), 'kubectl');

/** What kubectl printed, whatever its exit code. */
export interface Printed {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs kubectl without a cluster. */
export function kubectlLocal(...args: readonly string[]): Promise<Printed> {
  if (!hasCluster) throw new Error('kubectl comes with ../shared');
  const options = { env: { ...process.env, KUBECONFIG: '/dev/null' }, maxBuffer: 512 * 1024 * 1024 };
  return new Promise((resolve) => {
    execFile(kubectlPath(), [...args], options, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
}
