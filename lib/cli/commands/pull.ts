import { ServingError } from '../../errors/problem';
import { printLine } from '../print/line';
import type { Output } from '../print/output';
import { count } from '../print/style';
import type { CommandModule } from '../shared/command';
import { pullOptions, registryOptions, type SourceFlags } from '../shared/open-sources';
import { outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving pull`. */
export const pull: CommandModule = {
  examples: [
    ['serving pull oci://registry.company.com/team/fraud-model:1.4.2 --to fraud-model', 'into a new directory'],
    ['serving pull oci://registry.company.com/team/fraud-model:1.4.2 --verify-key cosign.pub', 'only when signed'],
  ],
  register: (program) =>
    registryOptions(program.command('pull'))
      .description('pull an artifact of serving push into a new directory')
      .argument('<reference>', 'oci://registry/repository:tag or @sha256:digest')
      .option('--to <directory>', 'output directory (default: last part of the repository)')
      .addOption(outputOption('text', 'json', 'ndjson'))
      .action((reference: string, flags: PullFlags) => runCommand(() => pullCommand(reference, flags))),
};

/** Flags of `serving pull`. */
interface PullFlags extends SourceFlags {
  readonly to?: string;
  readonly output?: Output;
}

/** Writes the directory of an artifact after all its bytes are verified. */
async function pullCommand(source: string, flags: PullFlags): Promise<number> {
  const artifacts = require('../../artifact/index') as typeof import('../../artifact');
  const reference = artifacts.parseReference(source);
  const directory = flags.to ?? reference.repository.split('/').at(-1) ?? '.';
  const pulled = await artifacts.pullArtifact(reference, pullOptions(artifacts, flags));
  const { problems } = artifacts.sourceFilesOf(pulled);
  if (problems.length > 0) throw new ServingError(problems);
  artifacts.writeDirectory(directory, pulled.files);
  const name = artifacts.formatReference(pulled.reference);
  if (flags.output === 'json' || flags.output === 'ndjson') {
    const { annotations, files } = pulled;
    const { digest } = pulled.reference;
    printLine(JSON.stringify({ reference: name, digest, directory, files: files.map(({ path }) => path), annotations }));
  } else printLine(`${directory}  ${count(pulled.files.length, 'file')} of ${name}`);
  return 0;
}
