import { ServingError } from '../../errors/problem';
import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { clusterCommand, engineOptions, type Flags, lockOption, RECOVER } from '../shared/release-options';

/** `serving uninstall`. */
export const uninstall: CommandModule = {
  examples: [['serving uninstall fraud-model -n team-fraud-dev --yes', 'without confirmation']],
  register: (program) =>
    lockOption(clusterCommand(program, 'uninstall <release>', 'delete all objects of a release, and its record'))
      .option('--prune-data', 'delete claims, volumes, namespaces and definitions too')
      .option(...RECOVER)
      .option('-y, --yes', 'skip confirmation; required without a terminal')
      .action((release: string, flags: Flags & { readonly yes?: boolean }) =>
        onCluster(flags, async (cluster) => {
          const { uninstall: start } = require('../../release') as typeof import('../../release');
          const { follow } = require('../progress/follow') as typeof import('../progress/follow');
          const name = { release, namespace: cluster.namespace };
          if (flags.yes !== true && !(await confirmed(`Delete all objects of ${release} in ${name.namespace}?`))) {
            process.stderr.write('Nothing was deleted.\n');
            return 1;
          }
          return follow(flags, cluster, start(cluster.engine, name, engineOptions(flags, cluster)), name);
        }),
      ),
};

/** Asks for confirmation on a terminal; otherwise only `--yes` confirms. */
async function confirmed(question: string): Promise<boolean> {
  if (!process.stdin.isTTY) {
    const message = 'deleting running objects needs confirmation, but stdin is not a terminal';
    throw new ServingError([{ code: 'USAGE', subject: 'uninstall', message, remedy: 'Pass --yes.' }]);
  }
  const { createInterface } = require('node:readline/promises') as typeof import('node:readline/promises');
  // Uses the terminal's line editing, so that Ctrl-C ends the process as usual.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: false });
  const answer = await terminal.question(`${question} [y/N] `);
  terminal.close();
  return /^y(es)?$/i.test(answer.trim());
}
