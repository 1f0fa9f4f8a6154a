import { writeFileSync } from 'node:fs';
import { ServingError } from '../../errors/problem';
import { unknownName } from '../../errors/unknown-name';
import type { Drift, RenderedStack } from '../../index';
import type { Report } from '../../parity/report';
import type { CommandModule } from '../shared/command';
import { appOption, outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving parity`. */
export const parity: CommandModule = {
  examples: [
    ['serving parity', 'what differs between the environments'],
    ['serving parity --stack fraud-model --output markdown', 'for a pull request'],
  ],
  register: (program) =>
    program
      .command('parity')
      .description('compare all environments; exit with 2 on undeclared differences')
      .option('-s, --stack <name...>', 'only these stacks')
      .option('--all', 'show fields that are equal too')
      .addOption(outputOption('text', 'wide', 'markdown', 'json', 'html'))
      .option('--output-file <file>', 'write to a file')
      .option('--live [environment=context...]', 'compare with what runs in the clusters too')
      .addOption(appOption())
      .action((flags: ParityFlags) => runCommand(() => parityCommand(flags))),
};

/** Flags of `serving parity`. */
interface ParityFlags {
  readonly stack?: readonly string[];
  readonly all?: boolean;
  readonly output?: string;
  readonly outputFile?: string;
  /** `prod=context`, or `true` for the current context and every environment. */
  readonly live?: readonly string[] | boolean;
  readonly app?: string;
}

/** Exit code 2 on undeclared differences, and on live objects that differ from the rendered ones. */
async function parityCommand(flags: ParityFlags): Promise<number> {
  const { loadProject } = require('../../project/load-project') as typeof import('../../project/load-project');
  const { matrixOf } = require('../shared/project-parity') as typeof import('../shared/project-parity');
  const { renderProject } = require('../../index') as typeof import('../../index');
  const project = loadProject(flags.app);
  const rendered = renderProject(project, { stacks: flags.stack ?? [] });
  const matrix = matrixOf(project, rendered);
  const unused = (flags.stack ?? []).length === 0 ? matrix.unused : [];
  const drift = flags.live === undefined ? undefined : await drifts(rendered, flags.live);
  const report: Report = { ...matrix, unused, ...(drift === undefined ? {} : { drift }) };
  const { lookOf } = require('../print/style') as typeof import('../print/style');
  const text =
    flags.output === 'html'
      ? (require('../../report/index') as typeof import('../../report')).parityPage(report, flags.all)
      : (require('../print/parity') as typeof import('../print/parity')).printParity(
          report,
          flags.output ?? 'text',
          flags.all === true,
          flags.outputFile === undefined && flags.output !== 'wide' ? lookOf(process.stdout) : undefined,
        );
  if (flags.outputFile === undefined) process.stdout.write(text);
  else writeFileSync(flags.outputFile, text);
  return matrix.undeclared.length + unused.length + (drift?.length ?? 0) === 0 ? 0 : 2;
}

async function drifts(rendered: readonly RenderedStack[], live: readonly string[] | boolean): Promise<readonly Drift[]> {
  const { liveDrift } = require('../../index') as typeof import('../../index');
  const { connect } = require('../../release') as typeof import('../../release');
  const environments = new Set(rendered.map(({ environment }) => environment));
  const pairs = Array.isArray(live)
    ? live.map((pair: string) => pairOf(pair, environments))
    : [...environments].map((name) => [name, undefined] as const);
  const found = await Promise.all(
    pairs.map(async ([environment, context]) => {
      const api = await connect(context === undefined ? {} : { context });
      try {
        return await Promise.all(rendered.filter((one) => one.environment === environment).map((one) => liveDrift(one, api)));
      } finally {
        await api.close();
      }
    }),
  );
  return found.flat(2);
}

function pairOf(pair: string, environments: ReadonlySet<string>): readonly [string, string | undefined] {
  const [name = '', context] = pair.split('=', 2);
  if (environments.has(name)) return [name, context];
  throw new ServingError([unknownName('UNKNOWN_ENVIRONMENT', '--live', name, [...environments])]);
}
