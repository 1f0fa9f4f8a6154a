import { type DeliveryAgent, type Difference, type RenderedStack, renderProject, synth } from '../../index';
import { loadProject } from '../load-project';
import { printLine } from '../print/line';
import type { Output } from '../print/output';

/** Flags of `serving synth`. */
export interface SynthFlags {
  readonly env?: readonly string[];
  readonly stack?: readonly string[];
  readonly set?: readonly string[];
  readonly out?: string;
  readonly check?: boolean;
  readonly delivery?: DeliveryAgent;
  readonly output?: Output;
  readonly app?: string;
}

/** `serving synth`: renders, and says what it made. Exit code 2 when `--check` finds differences. */
export async function synthCommand(flags: SynthFlags): Promise<number> {
  const project = loadProject(flags.app);
  const { check = false } = flags;
  const { outdir, stacks, differences } = synth(project, {
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
    printDifferences(outdir, differences);
    return 2;
  }
  const width = Math.max(...stacks.map(({ environment, stack }) => environment.length + stack.length + 1), 0);
  for (const { environment, stack, files, modelVersion } of stacks) {
    const objects = files.reduce((sum, file) => sum + file.objects.length, 0);
    const changed = differences.filter(({ path }) => path.startsWith(`${environment}/${stack}/`)).length;
    const what = `${objects} objects in ${files.length} files`;
    printLine(
      `${outdir}/${`${environment}/${stack}`.padEnd(width)}  ${what.padEnd(24)}  ${(modelVersion ?? '').padEnd(12)}  ${changed === 0 ? 'unchanged' : `${changed} changed`}`,
    );
  }
  const doubtful = stacks.filter(({ warnings }) => warnings.length > 0);
  if (doubtful.length > 0) {
    const count = doubtful.reduce((sum, { warnings }) => sum + warnings.length, 0);
    const [{ environment = '', stack = '' } = {}] = doubtful.slice(-1);
    printLine(`${count} ${count === 1 ? 'warning' : 'warnings'}, shown by: npx serving check ${outdir}/${environment}/${stack}`);
  }
  return 0;
}

/** What was rendered, for machines: where it is, what it holds, and which files are not as they were. */
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

/** `serving exceptions`: where a rule is wrong, and why. */
export async function exceptionsCommand(flags: { readonly app?: string; readonly output?: Output }): Promise<number> {
  const rows = renderProject(loadProject(flags.app)).flatMap(({ exceptions }) => exceptions);
  if (flags.output === 'json') printLine(JSON.stringify(rows));
  if (flags.output === 'ndjson') for (const row of rows) printLine(JSON.stringify(row));
  if (flags.output === 'json' || flags.output === 'ndjson') return 0;
  const lines = rows.map(({ tool, check, kind, component, reason }) => `${tool} ${check}  ${component} ${kind}: ${reason}`);
  for (const line of [...new Set(lines)].sort()) printLine(line);
  return 0;
}
