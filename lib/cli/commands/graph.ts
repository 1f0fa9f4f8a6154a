import { writeFileSync } from 'node:fs';
import { ServingError } from '../../errors/problem';
import { safeLines } from '../print/safe';
import type { CommandModule } from '../shared/command';
import { openSources, registryOptions, type SourceFlags } from '../shared/open-sources';
import { outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving graph`. */
export const graph: CommandModule = {
  examples: [
    ['serving graph dist/prod/ml-serving-stack', 'as Mermaid, for Markdown'],
    ['serving graph dist/prod/ml-serving-stack --output svg --output-file graph.svg', 'as a picture'],
  ],
  register: (program) =>
    registryOptions(program.command('graph'))
      .description('draw the component graph of any manifests')
      .argument('<path...>', 'directories, files, oci:// artifacts')
      .option('-R, --recursive', 'read subdirectories too')
      .addOption(outputOption('mermaid', 'svg', 'json'))
      .option('--output-file <file>', 'write to a file')
      .action((paths: readonly string[], flags: GraphFlags) => runCommand(() => graphCommand(paths, flags))),
};

/** Flags of `serving graph`. */
interface GraphFlags extends SourceFlags {
  readonly output?: 'mermaid' | 'svg' | 'json';
  readonly outputFile?: string;
  readonly recursive?: boolean;
}

async function graphCommand(paths: readonly string[], flags: GraphFlags): Promise<number> {
  const { output = 'mermaid', outputFile, recursive = false } = flags;
  const { readManifests } = require('../../checks/index') as typeof import('../../checks');
  const { wiring, wiringMermaid, wiringSvg } = require('../../report/index') as typeof import('../../report');
  const { objects, problems } = await readManifests(paths, { recursive, sources: await openSources(paths, flags) });
  if (problems.length > 0) throw new ServingError(problems);
  const drawn = wiring(objects);
  const text = { mermaid: wiringMermaid, svg: wiringSvg, json: (one: typeof drawn) => `${JSON.stringify(one)}\n` }[output](drawn);
  if (outputFile === undefined) process.stdout.write(safeLines(text));
  else writeFileSync(outputFile, text);
  return 0;
}
