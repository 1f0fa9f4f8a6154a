import type { Flags } from './release-options';
import { runCommand } from './run';
import type { Cluster } from './with-cluster';

/** Connects and runs a command. Client, engine and printers are loaded here, so that other commands start without them. */
export function onCluster(flags: Flags, command: (cluster: Cluster) => Promise<number>): Promise<void> {
  return runCommand(async () => {
    const { withCluster } = require('./with-cluster') as typeof import('./with-cluster');
    await withCluster(flags, command);
    return undefined;
  });
}
