import type { DeliveryAgent, Difference, RenderedStack } from '../../index';
import { printLine } from '../print/line';
import type { Output } from '../print/output';
import { count, PLAIN } from '../print/style';
import { table } from '../print/table';
import type { CommandModule } from '../shared/command';
import { appOption, choiceOption, formatOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving synth`. */
export const synth: CommandModule = {
  examples: [
    ['serving synth', 'all stacks, all environments'],
    ['serving synth --env prod --stack fraud-model', 'one of them'],
    ['serving synth --set model.version=v2.2.0-rc2 --stack fraud-model', 'with another value'],
    ['serving synth --delivery flux', 'for an agent in the cluster'],
    ['serving synth --check', 'in CI: exit with 2 when dist is not current'],
  ],
  register: (program) =>
    program
      .command('synth')
      .description('render stacks to plain manifests in dist/<environment>/<stack>')
      .option('-e, --env <name...>', 'only these environments')
      .option('-s, --stack <name...>', 'only these stacks')
      .option('--set <path=value...>', 'set a field of the config, such as model.version=v2.2.0')
      .option('-o, --out <directory>', 'output directory (default: CDK8S_OUTDIR, else dist)')
      .option('--check', 'write nothing; exit with 2 and a diff when the output directory is not current')
      .addOption(choiceOption('--delivery <agent>', 'who applies the manifests', ['direct', 'argocd', 'flux']))
      .addOption(formatOption('--output <format>', ['text', 'json', 'ndjson']))
      .addOption(appOption())
      .action((flags: SynthFlags) => runCommand(() => synthCommand(flags))),
};

/** Flags of `serving synth`. */
interface SynthFlags {
  readonly env?: readonly string[];
  readonly stack?: readonly string[];
  readonly set?: readonly string[];
  readonly out?: string;
  readonly check?: boolean;
  readonly delivery?: DeliveryAgent;
  readonly output?: Output;
  readonly app?: string;
}

/** Exit code 2 if `--check` finds differences. */
async function synthCommand(flags: SynthFlags): Promise<number> {
  const { loadProject } = require('../../project/load-project') as typeof import('../../project/load-project');
  const { synth: render } = require('../../index') as typeof import('../../index');
  const project = loadProject(flags.app);
  const { check = false } = flags;
  const { outdir, stacks, differences } = render(project, {
    environments: flags.env ?? [],
    stacks: flags.stack ?? [],
    set: flags.set ?? [],
    check,
    schemaRules: () => (require('../../checks/index') as typeof import('../../checks')).SCHEMA_RULES,
    ...(flags.out === undefined ? {} : { outdir: flags.out }),
    ...(flags.delivery === undefined ? {} : { delivery: flags.delivery }),
  });
  if (flags.output === 'json' || flags.output === 'ndjson') {
    printJson(flags.output, outdir, stacks, differences);
    return check && differences.length > 0 ? 2 : 0;
  }
  if (check && differences.length > 0) {
    const { printDifferences } = require('../print/differences') as typeof import('../print/differences');
    process.stdout.write(printDifferences(outdir, differences));
    return 2;
  }
  const rows = stacks.map(({ environment, stack, files, modelVersion }) => {
    const changed = differences.filter(({ path }) => path.startsWith(`${environment}/${stack}/`)).length;
    return [
      `${outdir}/${environment}/${stack}`,
      String(files.reduce((sum, file) => sum + file.objects.length, 0)),
      modelVersion ?? '-',
      changed === 0 ? 'unchanged' : `${count(changed, 'file')} changed`,
    ];
  });
  printLine(table(['DIRECTORY', 'OBJECTS', 'VERSION', 'CHANGES'], rows, PLAIN));
  const doubtful = stacks.filter(({ warnings }) => warnings.length > 0);
  if (doubtful.length > 0) {
    const warnings = doubtful.reduce((sum, stack) => sum + stack.warnings.length, 0);
    const [{ environment = '', stack = '' } = {}] = doubtful.slice(-1);
    printLine(`${count(warnings, 'warning')}, shown by: npx serving check ${outdir}/${environment}/${stack}`);
  }
  return 0;
}

/** Prints the result as JSON: location, contents, and changed files. */
function printJson(output: Output, outdir: string, rendered: readonly RenderedStack[], differences: readonly Difference[]): void {
  const stacks = rendered.map(({ environment, stack, files, modelVersion, images }) => ({
    folder: `${outdir}/${environment}/${stack}`,
    environment,
    stack,
    ...(modelVersion === undefined ? {} : { modelVersion }),
    images,
    files: files.length,
    objects: files.reduce((sum, file) => sum + file.objects.length, 0),
    changed: differences.flatMap(({ path }) => (path.startsWith(`${environment}/${stack}/`) ? [path] : [])),
  }));
  if (output === 'ndjson') for (const stack of stacks) printLine(JSON.stringify(stack));
  else printLine(JSON.stringify({ outdir, stacks, changed: differences.map(({ path }) => path) }));
}
