import { ServingError } from '../errors/problem';
import { at } from '../kube/fields';
import { configOf } from './config';
import type { AnyEnvironment } from './environment';
import { parseOverrides, schemasAt, unknownPath } from './overrides';
import type { Project, StackDefinition } from './project';

/**
 * Parses command-line text as the value at a path of a stack's config: `3` is a number where only a number is valid. Throws
 * if the config has no such path, or if the value makes the environment's config invalid.
 */
export function parseSetting(
  project: Project,
  stack: StackDefinition,
  environment: AnyEnvironment,
  path: string,
  text: string,
): unknown {
  if (schemasAt(stack.schema, path).length === 0) throw new ServingError([unknownPath(stack.schema, path, stack.name)]);
  const assignment = `${path}=${text}`;
  validateConfig(project, stack, environment, [assignment]);
  return at(parseOverrides(stack.schema, [assignment]).values, ...path.split('.'));
}

/** Throws all problems in a stack's config for an environment. */
export function validateConfig(
  project: Project,
  stack: StackDefinition,
  environment: AnyEnvironment,
  set: readonly string[] = [],
): void {
  configOf(project, stack, environment, set, `${environment.name}/${stack.name}`);
}
