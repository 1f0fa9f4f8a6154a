import { formatProblem, ServingError } from '../../errors/problem';
import type { Drift, Head } from '../../release';
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
      .option('--drift', 'compare the objects of each release with what was released')
      .action((flags: Flags & { readonly allNamespaces?: boolean; readonly drift?: boolean }) =>
        onCluster(flags, async (cluster) => {
          const { list: releasesIn, status } = require('../../release') as typeof import('../../release');
          const { printList } = require('../print/list') as typeof import('../print/list');
          const namespace = flags.allNamespaces === true ? undefined : cluster.namespace;
          const { heads, problems: unreadable } = await releasesIn(cluster.engine, namespace);
          const drift = new Map<Head, readonly Drift[]>();
          const problems = [...unreadable];
          // Sequential, because each needs a list request per kind and namespace.
          for (const head of flags.drift === true ? heads : []) {
            try {
              drift.set(head, (await status(cluster.engine, head)).drift);
            } catch (error) {
              if (!(error instanceof ServingError)) throw error;
              problems.push(...error.problems);
            }
          }
          const shown = {
            look: cluster.look,
            ...(flags.drift === true ? { drift } : {}),
            ...(namespace === undefined ? {} : { namespace }),
          };
          cluster.print(printList(heads, tableOutputOf(flags), shown));
          for (const problem of problems) process.stderr.write(`warning: ${oneLine(formatProblem(problem))}\n`);
          return 0;
        }),
      ),
};
