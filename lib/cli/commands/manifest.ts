import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { whole } from '../shared/options';
import { clusterCommand, type Flags } from '../shared/release-options';

/** `serving manifest`. */
export const manifest: CommandModule = {
  examples: [['serving manifest fraud-model -n team-fraud-prod --revision 3', 'as applied then']],
  register: (program) =>
    clusterCommand(program, 'manifest <release>', 'print the manifests of a revision')
      .option('--revision <revision>', 'which one (default: the deployed one)', whole)
      .action((release: string, flags: Flags & { readonly revision?: number }) =>
        onCluster(flags, async (cluster) => {
          const { manifest: manifestsOf } = require('../../release') as typeof import('../../release');
          const { known } = require('../progress/follow') as typeof import('../progress/follow');
          const { stringify } = require('yaml') as typeof import('yaml');
          const name = { release, namespace: cluster.namespace };
          const objects = await known(cluster, name, manifestsOf(cluster.engine, name, flags.revision));
          const yaml = () => objects.map((object) => `---\n${stringify(object)}`).join('');
          cluster.print(flags.output === 'text' ? yaml() : JSON.stringify(objects));
          return 0;
        }),
      ),
};
