import { printLine } from '../print/line';
import type { Output } from '../print/output';
import type { CommandModule } from '../shared/command';
import { appOption, outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving exceptions`. */
export const exceptions: CommandModule = {
  examples: [['serving exceptions', 'every exception, with its reason']],
  register: (program) =>
    program
      .command('exceptions')
      .description('list linter rules that do not apply to a component, with the reason')
      .addOption(outputOption('text', 'json', 'ndjson'))
      .addOption(appOption())
      .action((flags: ExceptionsFlags) => runCommand(() => exceptionsCommand(flags))),
};

interface ExceptionsFlags {
  readonly app?: string;
  readonly output?: Output;
}

async function exceptionsCommand(flags: ExceptionsFlags): Promise<number> {
  const { loadProject } = require('../../project/load-project') as typeof import('../../project/load-project');
  const { renderProject } = require('../../index') as typeof import('../../index');
  const rows = renderProject(loadProject(flags.app)).flatMap(({ exceptions }) => exceptions);
  if (flags.output === 'json') printLine(JSON.stringify(rows));
  if (flags.output === 'ndjson') for (const row of rows) printLine(JSON.stringify(row));
  if (flags.output === 'json' || flags.output === 'ndjson') return 0;
  const lines = rows.map(({ tool, check, kind, component, reason }) => `${tool} ${check}  ${component} ${kind}: ${reason}`);
  for (const line of [...new Set(lines)].sort()) printLine(line);
  return 0;
}
