import { dirname, join, relative } from 'node:path';
import { printLine } from '../print/line';
import type { CommandModule } from '../shared/command';
import { runCommand } from '../shared/run';

/** `serving init`. */
export const init: CommandModule = {
  examples: [
    ['serving init ../churn-model', 'a project in a new directory, with a stack of that name'],
    ['serving init ../models --name churn-model', 'with another name'],
  ],
  register: (program) =>
    program
      .command('init')
      .description('write a new project: a stack, three environments, tests, CI files')
      .argument('[directory]', 'where; the stack is named after it', '.')
      .option('--name <name>', 'another name for the stack')
      .action((directory: string, flags: { readonly name?: string }) => runCommand(() => initCommand(directory, flags.name))),
};

async function initCommand(folder: string, name?: string): Promise<number> {
  const { writeProject } = require('../../init/project-files') as typeof import('../../init/project-files');
  const { packedFile } = require('../../init/packed') as typeof import('../../init/packed');
  const root = dirname(require.resolve('cdk8s-serving/package.json'));
  const packed = packedFile(root);
  const files = writeProject(folder, join(root, 'build/lib/init/template'), {
    ...(name === undefined ? {} : { name }),
    ...(packed === undefined ? {} : { packed }),
  });
  const here = relative('', folder);
  for (const file of files) printLine(join(here, file));
  printLine('');
  printLine(`Next: ${here === '' ? '' : `cd ${here} && `}npm install && npm test && npx serving synth`);
  return 0;
}
