import { type Problem, ServingError } from '../errors/problem';
import { unknownName } from '../errors/unknown-name';
import type { AnyEnvironment } from '../project/environment';
import { environmentProblems } from '../project/environment-problems';
import type { Project, StackDefinition } from '../project/project';
import { checkRendered, objectsOf } from './check-rendered';
import { type RenderedStack, renderStack, type Selection } from './render/render-stack';

/** Renders the selected stacks for the selected environments in memory. Throws the problems of all of them together. */
export function renderProject(project: Project, selection: Selection = {}): readonly RenderedStack[] {
  const wrong = environmentProblems(project.environments, project.stacks);
  if (wrong.length > 0) throw new ServingError(wrong);
  const environments = select(project.environments, selection.environments, 'UNKNOWN_ENVIRONMENT', '--env');
  const stacks = select(project.stacks, selection.stacks, 'UNKNOWN_STACK', '--stack');
  const problems: Problem[] = [];
  let cause: unknown;
  const rendered: RenderedStack[] = [];
  for (const environment of environments) {
    for (const stack of stacks) {
      if (environment.stacks[stack.name] === 'off') continue;
      const result = attempt(project, stack, environment, selection.set);
      if (result instanceof ServingError) {
        problems.push(...result.problems);
        cause ??= result.cause;
      } else rendered.push(result);
    }
  }
  const findings = checkRendered(rendered, selection.schemaRules ?? (() => []));
  problems.push(...findings.filter(({ severity }) => severity === 'error'));
  if (problems.length > 0) throw new ServingError(unique(problems), { cause });
  return rendered.map((stack) => {
    const objects = new Set(objectsOf(stack));
    return { ...stack, warnings: findings.filter(({ object }) => objects.has(object)) };
  });
}

function attempt(
  project: Project,
  stack: StackDefinition,
  environment: AnyEnvironment,
  set: readonly string[] | undefined,
): RenderedStack | ServingError {
  try {
    return renderStack(project, stack, environment, set);
  } catch (error) {
    if (error instanceof ServingError) return error;
    throw error;
  }
}

function select<T extends { readonly name: string }>(
  all: readonly T[],
  names: readonly string[] | undefined,
  code: 'UNKNOWN_ENVIRONMENT' | 'UNKNOWN_STACK',
  flag: string,
): readonly T[] {
  if (names === undefined || names.length === 0) return all;
  const valid = all.map(({ name }) => name);
  const unknown = names.filter((name) => !valid.includes(name));
  if (unknown.length === 0) return all.filter(({ name }) => names.includes(name));
  throw new ServingError(unknown.map((name) => unknownName(code, flag, name, valid)));
}

/** A wrong `--set` fails in each environment; one report is enough. */
function unique(problems: readonly Problem[]): readonly Problem[] {
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}
