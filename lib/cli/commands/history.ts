import { writeFileSync } from 'node:fs';
import { ServingError } from '../../errors/problem';
import type { ReleaseName, Revision } from '../../release';
import type { Look } from '../print/style';
import type { CommandModule } from '../shared/command';
import { onCluster } from '../shared/on-cluster';
import { whole } from '../shared/options';
import { clusterCommand, type Flags } from '../shared/release-options';

/** `serving history`. */
export const history: CommandModule = {
  examples: [
    ['serving history fraud-model -n team-fraud-prod', 'a line per revision'],
    ['serving history fraud-model -n team-fraud-prod --output html --output-file history.html', 'as an HTML report'],
    ['serving history fraud-model -n team-fraud-prod --revision 4', 'why it failed, with the evidence'],
  ],
  register: (program) =>
    clusterCommand(program, 'history <release>', 'show all revisions with their gate results', 'wide', 'markdown', 'html')
      .option('--output-file <file>', 'write to a file')
      .option('--revision <revision>', 'only this one, in full', whole)
      .action((release: string, flags: HistoryFlags) =>
        onCluster(flags, async (cluster) => {
          const { history: revisionsOf } = require('../../release') as typeof import('../../release');
          const { known } = require('../progress/follow') as typeof import('../progress/follow');
          const name = { release, namespace: cluster.namespace };
          const revisions = await known(cluster, name, revisionsOf(cluster.engine, name));
          const text = format(name, revisions, flags, cluster.look);
          if (flags.outputFile === undefined) cluster.print(text);
          else writeFileSync(flags.outputFile, text.endsWith('\n') ? text : `${text}\n`);
          return 0;
        }),
      ),
};

interface HistoryFlags extends Flags {
  readonly revision?: number;
}

function format(name: ReleaseName, revisions: readonly Revision[], { output, revision }: HistoryFlags, look: Look): string {
  const { printHistory, printRevision } = require('../print/history') as typeof import('../print/history');
  const only = revision === undefined ? revisions : [chosen(revisions, revision, name.release)];
  if (output === 'html') return (require('../../report/index') as typeof import('../../report')).historyPage(name, only);
  if (revision === undefined) return printHistory(revisions, output, look);
  return printRevision(name, chosen(revisions, revision, name.release), output, look);
}

/** Returns the revision with a number, which must exist. */
function chosen(revisions: readonly Revision[], number: number, release: string): Revision {
  const found = revisions.find(({ revision }) => revision === number);
  if (found !== undefined) return found;
  const expected = `one of ${revisions.map(({ revision }) => revision).join(', ')}`;
  const message = 'the record has no such revision';
  const remedy = 'Choose one that it has.';
  throw new ServingError([{ code: 'REVISION_UNKNOWN', subject: release, message, got: number, expected, remedy }]);
}
