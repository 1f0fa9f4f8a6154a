import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { ServingError } from '../../errors/problem';
import { unknownName } from '../../errors/unknown-name';
import type { ConfigOrigin, Problem, Project } from '../../index';
import { type Origin, printOrigins } from '../print/explain';
import type { Output } from '../print/output';
import type { CommandModule } from '../shared/command';
import { appOption, outputOption } from '../shared/options';
import { runCommand } from '../shared/run';

/** `serving explain`. */
export const explain: CommandModule = {
  examples: [
    ['serving explain prod model.version --stack fraud-model', 'where a value of the config comes from'],
    ['serving explain staging Deployment/fraud-model:spec.replicas', 'what a field follows from'],
  ],
  register: (program) =>
    program
      .command('explain')
      .description('show which layer and source line set a value')
      .argument('<environment>')
      .argument('<path>', 'path of the config (model.version), or Kind/name:path of a manifest')
      .option('-s, --stack <name>', 'only this stack')
      .addOption(outputOption('text', 'json', 'ndjson'))
      .addOption(appOption())
      .action((environment: string, path: string, flags: ExplainFlags) =>
        runCommand(() => explainCommand(environment, path, flags)),
      ),
};

/** Flags of `serving explain`. */
interface ExplainFlags {
  readonly stack?: string;
  readonly output?: Output;
  readonly app?: string;
}

async function explainCommand(name: string, path: string, flags: ExplainFlags): Promise<number> {
  const { loadProject } = require('../../project/load-project') as typeof import('../../project/load-project');
  const { explainConfig, explainField } = require('../../index') as typeof import('../../index');
  const project = loadProject(flags.app);
  const environment = project.environments.find((one) => one.name === name);
  if (environment === undefined)
    throw new ServingError([
      unknownName(
        'UNKNOWN_ENVIRONMENT',
        'explain',
        name,
        project.environments.map((one) => one.name),
      ),
    ]);
  const all = project.stacks.filter((one) => environment.stacks[one.name] !== 'off');
  const stacks = flags.stack === undefined ? all : all.filter((one) => one.name === flags.stack);
  if (stacks.length === 0)
    throw new ServingError([
      unknownName(
        'UNKNOWN_STACK',
        'explain',
        flags.stack ?? '',
        all.map((one) => one.name),
      ),
    ]);
  const [object = '', field] = path.split(/[ :]/, 2);
  const refused: Problem[] = [];
  const origins = stacks.flatMap((stack): readonly Origin[] => {
    const located = (origin: ConfigOrigin) => ({
      ...origin,
      layers: origin.layers.map((one) => ({ ...one, source: sourceOfLayer(project, one.layer, stack.name, origin.path) })),
    });
    if (field === undefined) {
      try {
        return [{ stack: stack.name, ...located(explainConfig(project, stack, environment, path)) }];
      } catch (error) {
        // If several stacks are possible, any stack with the path is enough.
        if (!(error instanceof ServingError)) throw error;
        refused.push(...error.problems);
        return [];
      }
    }
    const found = explainField(project, stack, environment, object, field);
    return found === undefined ? [] : [{ stack: stack.name, ...found, follows: found.follows.map(located) }];
  });
  if (origins.length === 0 && refused.length > 0) throw new ServingError(refused);
  if (origins.length === 0)
    throw new ServingError([
      unknownName('UNKNOWN_PATH', 'explain', path, [
        'a path of the config, model.version',
        'a field of a manifest, Deployment/fraud-model:spec.replicas',
      ]),
    ]);
  process.stdout.write(printOrigins(origins, flags.output ?? 'text'));
  return 0;
}

/** `environments/prod.ts:12`: the module that exports a layer's object, and the value's line in it. */
function sourceOfLayer(project: Project, layer: string, stack: string, path: string): string | undefined {
  const { sourceLine, sourceLines } = require('../../index') as typeof import('../../index');
  const { sourceOf } = require('../../project/load-project') as typeof import('../../project/load-project');
  const values = layer === 'base' ? project.base : project.environments.find(({ name }) => name === layer);
  for (const module of Object.values(require.cache)) {
    const exports: unknown = module?.exports;
    if (module === undefined || typeof exports !== 'object' || exports === null || !Object.values(exports).includes(values))
      continue;
    const file = sourceOf(module.filename);
    // The project passes parts of its objects on; the layer's module contains them as a literal.
    const whole = layer === 'base' ? `${stack}.${path}` : `stacks.${stack}.${path}`;
    const constants = file === undefined ? [] : [...sourceLines(readFileSync(file, 'utf8')).values()];
    const line = constants
      .map((lines) =>
        lines.has(
          whole
            .split('.')
            .slice(0, layer === 'base' ? 1 : 2)
            .join('.'),
        )
          ? sourceLine(lines, whole)
          : undefined,
      )
      .find((one) => one !== undefined);
    if (file !== undefined && line !== undefined) return `${relative(process.cwd(), file)}:${line}`;
  }
  return undefined;
}
