import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { basename, dirname, relative } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { runInThisContext } from 'node:vm';
import type * as TypeScript from 'typescript';
import { type Problem, ServingError } from '../../errors/problem';
import { unknownName } from '../../errors/unknown-name';
import { at, isFields } from '../../kube/fields';
import { printLine } from '../print/line';
import { painter } from '../print/style';
import type { CommandModule } from '../shared/command';
import { appOption, outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving set`. */
export const set: CommandModule = {
  examples: [
    ['serving set fraud-model staging model.version v2.2.0-rc2', 'change one value in environments/staging.ts'],
    ['serving set fraud-model staging server.scaling.replicas 3 --dry-run', 'only show the change'],
  ],
  register: (program) =>
    program
      .command('set')
      .description('change one value in an environment file, validated first')
      .argument('<stack>')
      .argument('<environment>')
      .argument('<path>', 'path of the config, such as model.version')
      .argument('<value>')
      .option('--dry-run', 'only show the change')
      .addOption(outputOption('text', 'json'))
      .addOption(appOption())
      .action((stack: string, environment: string, path: string, value: string, flags: SetFlags) =>
        runCommand(() => setCommand({ stack, environment, path, value }, flags)),
      ),
};

/** The value to change, and its new content. */
interface Setting {
  readonly stack: string;
  readonly environment: string;
  readonly path: string;
  readonly value: string;
}

/** Flags of `serving set`. */
interface SetFlags {
  readonly dryRun?: boolean;
  readonly output?: 'text' | 'json';
  readonly app?: string;
}

/**
 * Changes one value in the environment's source file, and nothing else. The new
 * value is validated with the stack's schema before any write; an unchanged value is left alone.
 */
async function setCommand({ stack, environment: name, path, value }: Setting, flags: SetFlags): Promise<number> {
  const { validateConfig, parseSetting } = require('../../index') as typeof import('../../index');
  const { editValue } = require('../../project/edit-value') as typeof import('../../project/edit-value');
  const { loadProject, moduleOf } = require('../../project/load-project') as typeof import('../../project/load-project');
  // The environments are read from their sources, which may have changed since the last build, even by this command.
  const project = loadProject(flags.app, process.cwd(), (loaded) =>
    loaded.environments.flatMap((one) => sourceOfModule(moduleOf(one)) ?? []),
  );
  const stacks = project.stacks.map((one) => one.name);
  const definition = project.stacks.find((one) => one.name === stack);
  const environments = project.environments.map((one) => one.name);
  if (definition === undefined) {
    const swapped = environments.includes(stack) && stacks.includes(name);
    throw new ServingError([
      unknownName('UNKNOWN_STACK', 'set', stack, stacks, swapped ? 'The stack comes first, the environment second.' : undefined),
    ]);
  }
  const environment = project.environments.find((one) => one.name === name);
  if (environment === undefined) throw new ServingError([unknownName('UNKNOWN_ENVIRONMENT', 'set', name, environments)]);
  const module = moduleOf(environment);
  const file = sourceOfModule(module);
  if (module === undefined || file === undefined) throw cannot(name, 'no source file exports this environment as its default');

  const ts = compiler();
  const source = readFileSync(file, 'utf8');
  const before = defaultOf(ts, source, module);
  if (!isFields(before) || !isFields(before.stacks))
    throw cannot(relative(process.cwd(), file), 'its default export is not an environment');
  if (!isFields(before.stacks[stack]))
    throw cannot(relative(process.cwd(), file), `the stack ${stack} is off in ${name}, so it has no values`);
  const wanted = parseSetting(project, definition, { ...environment, stacks: before.stacks }, path, value);

  const steps = ['stacks', stack, ...path.split('.')];
  const shown = relative(process.cwd(), file);
  if (isDeepStrictEqual(at(before, ...steps), wanted))
    return tell(flags, { file: shown, path, value: wanted, changed: false }, '');
  const edited = editValue(ts, source, before, steps, wanted);
  if ('refused' in edited) throw cannot(`${shown}:${edited.line}`, edited.refused);
  // Verifies that only this value has changed, however the file is written.
  if (!isDeepStrictEqual(plain(defaultOf(ts, edited.source, module)), plain(withValue(before, steps, wanted))))
    throw cannot(shown, 'other values follow from this one, or it is set again further down');
  validateConfig(project, definition, {
    ...environment,
    stacks: withValue(before.stacks, steps.slice(1), wanted) as typeof environment.stacks,
  });
  if (flags.dryRun !== true) writeFileSync(file, edited.source);
  const { createTwoFilesPatch } = require('diff') as typeof import('diff');
  const patch = createTwoFilesPatch(shown, shown, source, edited.source, undefined, undefined, { context: 1 });
  return tell(flags, { file: shown, path, value: wanted, changed: true }, patch);
}

interface Outcome {
  readonly file: string;
  readonly path: string;
  readonly value: unknown;
  readonly changed: boolean;
}

function tell({ output, dryRun = false }: SetFlags, outcome: Outcome, patch: string): number {
  const { file, path, value, changed } = outcome;
  if (output === 'json') printLine(JSON.stringify({ ...outcome, written: changed && !dryRun }));
  else if (!changed) printLine(`${file}: ${path} is ${JSON.stringify(value)} already`);
  else {
    const paint = painter(process.stdout);
    // Without the header, which names the file twice; only lines with a sign matter.
    const lines = patch.trimEnd().split('\n').slice(2);
    for (const line of lines)
      printLine(line.startsWith('+') ? paint('good', line) : line.startsWith('-') ? paint('bad', line) : line);
    printLine(dryRun ? 'nothing was written' : `${file}: ${path} is ${JSON.stringify(value)} now; build and run serving synth`);
  }
  return 0;
}

/** Returns the source of a compiled module, or the module itself if it was not compiled. */
function sourceOfModule(file: string | undefined): string | undefined {
  const { sourceOf } = require('../../project/load-project') as typeof import('../../project/load-project');
  return file === undefined
    ? undefined
    : (sourceOf(file) ?? (/"__esModule"/.test(readFileSync(file, 'utf8')) ? undefined : file));
}

/** Returns the project's compiler: a project with TypeScript environments has one. */
function compiler(): typeof TypeScript {
  try {
    return createRequire(`${process.cwd()}/package.json`)('typescript') as typeof TypeScript;
  } catch {
    const message = 'TypeScript, which reads the file, is not installed in the project';
    throw new ServingError([{ code: 'USAGE', subject: 'set', message, remedy: 'Run npm install --save-dev typescript.' }]);
  }
}

/** The default export of a module with this source, run in place of the compiled one. */
function defaultOf(ts: typeof TypeScript, source: string, filename: string): unknown {
  const { CommonJS } = ts.ModuleKind;
  const options = { module: CommonJS, target: ts.ScriptTarget.ES2022, esModuleInterop: true };
  const { outputText } = ts.transpileModule(source, { fileName: basename(filename), compilerOptions: options });
  const module: { exports: { default?: unknown } } = { exports: {} };
  const run = runInThisContext(Module.wrap(outputText), { filename }) as (...context: readonly unknown[]) => void;
  run(module.exports, createRequire(filename), module, filename, dirname(filename));
  return module.exports.default;
}

/** A copy with another value at a path. */
function withValue(from: unknown, [key, ...rest]: readonly string[], value: unknown): unknown {
  if (key === undefined) return value;
  const fields = isFields(from) ? from : {};
  return { ...fields, [key]: withValue(fields[key], rest, value) };
}

/** Without incomparable values: functions are equal if their source is. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value, (_key, inside: unknown) => (typeof inside === 'function' ? String(inside) : inside)));
}

function cannot(subject: string, message: string): ServingError {
  const problem: Problem = { code: 'CANNOT_EDIT', subject, message, remedy: 'Change it by hand in an editor.' };
  return new ServingError([problem]);
}
