import { formatProblem } from '../../errors/problem';
import { oneLine } from '../print/safe';
import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { clusterCommand, type Flags, tableOutputOf } from '../shared/release-options';

/** `serving list`. */
export const list: CommandModule = {
  examples: [['serving list --all-namespaces', 'every release in the cluster']],
  register: (program) =>
    clusterCommand(program, 'list', 'list releases in a namespace', 'wide')
      .option('-A, --all-namespaces', 'of all namespaces')
      .action((flags: Flags & { readonly allNamespaces?: boolean }) =>
        onCluster(flags, async (cluster) => {
          const { list: releasesIn } = require('../../release') as typeof import('../../release');
          const { printList } = require('../print/list') as typeof import('../print/list');
          const namespace = flags.allNamespaces === true ? undefined : cluster.namespace;
          const { heads, problems } = await releasesIn(cluster.engine, namespace);
          cluster.print(printList(heads, tableOutputOf(flags), cluster.look));
          for (const problem of problems) process.stderr.write(`warning: ${oneLine(formatProblem(problem))}\n`);
          return 0;
        }),
      ),
};
