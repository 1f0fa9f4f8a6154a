import { ServingError } from '../errors/problem';
import { at } from '../kube/fields';
import { configOf } from './config';
import type { AnyEnvironment } from './environment';
import { parseOverrides, schemasAt, unknownPath } from './overrides';
import type { Project, StackDefinition } from './project';

/**
 * The value that a text from the command line is at a path of a stack's config: `3` is a number where only a number may stand. Throws
 * for a path that the config does not have, and for a value with which the config of the environment does not fit its schema.
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

/** Throws what is wrong with the config of a stack in an environment. */
export function validateConfig(
  project: Project,
  stack: StackDefinition,
  environment: AnyEnvironment,
  set: readonly string[] = [],
): void {
  configOf(project, stack, environment, set, `${environment.name}/${stack.name}`);
}
