import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { clusterCommand, engineOptions, type Flags, lockOption } from '../shared/release-options';

/** `serving repair`. */
export const repair: CommandModule = {
  examples: [['serving repair fraud-model -n team-fraud-prod', 'after its record was lost or damaged']],
  register: (program) =>
    lockOption(clusterCommand(program, 'repair <release>', 'rebuild a lost or damaged record from live objects')).action(
      (release: string, flags: Flags) =>
        onCluster(flags, (cluster) => {
          const { repair: start } = require('../../release') as typeof import('../../release');
          const { follow } = require('../progress/follow') as typeof import('../progress/follow');
          const name = { release, namespace: cluster.namespace };
          return follow(flags, cluster, start(cluster.engine, name, engineOptions(flags, cluster)), name);
        }),
    ),
};
