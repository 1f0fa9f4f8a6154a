import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { clusterCommand, type Flags, tableOutputOf } from '../shared/release-options';

/** `serving status`. */
export const status: CommandModule = {
  examples: [
    ['serving status fraud-model -n team-fraud-prod', 'deployed revision, and the status of every object'],
    ['serving status fraud-model -n team-fraud-prod -o wide --exit-code', 'what was edited or deleted since, for a CI job'],
  ],
  register: (program) =>
    clusterCommand(program, 'status <release>', 'show the deployed revision, object status, and drift', 'wide')
      .option('--exit-code', 'exit with 2 when live objects differ from what was released')
      .action((release: string, flags: Flags & { readonly exitCode?: boolean }) =>
        onCluster(flags, async (cluster) => {
          const { status: overviewOf } = require('../../release') as typeof import('../../release');
          const { known } = require('../progress/follow') as typeof import('../progress/follow');
          const { printStatus } = require('../print/status') as typeof import('../print/status');
          const name = { release, namespace: cluster.namespace };
          const overview = await known(cluster, name, overviewOf(cluster.engine, name));
          cluster.print(printStatus(overview, tableOutputOf(flags), cluster.look));
          return flags.exitCode === true && overview.drift.some(({ kind }) => kind !== 'unverified') ? 2 : 0;
        }),
      ),
};
