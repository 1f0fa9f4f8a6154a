import { ServingError } from '../errors/problem';
import { configProblems } from './config-problems';
import type { AnyEnvironment } from './environment';
import { type Layered, layer } from './layers';
import { parseOverrides } from './overrides';
import { prodProblems } from './prod';
import type { Project, StackDefinition } from './project';

/** Merges the layers into a stack's config for an environment; throws if the result is invalid. */
export function configOf(
  project: Project,
  definition: StackDefinition,
  environment: AnyEnvironment,
  set: readonly string[],
  subject: string,
): Layered {
  const overrides = parseOverrides(definition.schema, set);
  if (overrides.problems.length > 0) throw new ServingError(overrides.problems);
  const layered = layer(definition.schema, [
    { name: 'base', values: project.base[definition.name] },
    { name: environment.name, values: environment.stacks[definition.name] },
    { name: '--set', values: overrides.values },
  ]);
  const problems = [
    ...configProblems(definition.schema, layered, subject),
    ...(environment.tier === 'prod' ? prodProblems(layered.config, subject) : []),
  ];
  if (problems.length > 0) throw new ServingError(problems);
  return layered;
}
