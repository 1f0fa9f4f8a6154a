import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { whole } from '../shared/options';
import { clusterCommand, engineOptions, type Flags, releaseOptions } from '../shared/release-options';

/** `serving rollback`. */
export const rollback: CommandModule = {
  examples: [
    ['serving rollback fraud-model -n team-fraud-prod', 'to the last successful revision'],
    ['serving rollback fraud-model -n team-fraud-prod --to-revision 3', 'to a certain one'],
  ],
  register: (program) =>
    releaseOptions(clusterCommand(program, 'rollback <release>', 'go back to a revision that was deployed'))
      .option('--to-revision <revision>', 'which one (default: the last successful one)', whole)
      .option('--ignore-capacity', 'skip the node capacity check')
      .option('--ignore-missing', 'skip the check of Secrets, claims and classes that objects refer to')
      .option('--allow-replace', 'delete and recreate objects whose changed fields are immutable')
      .option('--prune-data', 'delete claims, volumes, namespaces and definitions that the revision does not have')
      .action((release: string, flags: Flags & { readonly toRevision?: number }) =>
        onCluster(flags, (cluster) => {
          const { rollback: start } = require('../../release') as typeof import('../../release');
          const { follow } = require('../progress/follow') as typeof import('../progress/follow');
          const { toRevision } = flags;
          const options = { ...engineOptions(flags, cluster), ...(toRevision === undefined ? {} : { to: toRevision }) };
          const name = { release, namespace: cluster.namespace };
          return follow(flags, cluster, start(cluster.engine, name, options), name);
        }),
      ),
};
