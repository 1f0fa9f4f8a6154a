import { ServingError } from '../errors/problem';
import { at } from '../kube/fields';
import { configOf } from './config';
import type { AnyEnvironment } from './environment';
import { schemasAt, unknownPath } from './overrides';
import type { Project, StackDefinition } from './project';

/** Value set by one layer. */
export interface LayerValue {
  /** `base`, `prod`. */
  readonly layer: string;
  readonly value: unknown;
}

/** Origin of a value in the config. */
export interface ConfigOrigin {
  /** The requested path. */
  readonly path: string;
  /** The value there. */
  readonly value: unknown;
  /** The layers that set it; the last one wins. */
  readonly layers: readonly LayerValue[];
}

/** Finds which layers set a value of a stack's config in an environment. Throws if the config has no such path. */
export function explainConfig(project: Project, stack: StackDefinition, environment: AnyEnvironment, path: string): ConfigOrigin {
  if (schemasAt(stack.schema, path).length === 0) throw new ServingError([unknownPath(stack.schema, path, stack.name)]);
  const { config } = configOf(project, stack, environment, [], `${environment.name}/${stack.name}`);
  return origin(project, stack, environment, config, path);
}

export function origin(
  project: Project,
  stack: StackDefinition,
  environment: AnyEnvironment,
  config: unknown,
  path: string,
): ConfigOrigin {
  const steps = path.split('.');
  const layers = [
    { layer: 'base', value: at(project.base[stack.name], ...steps) },
    { layer: environment.name, value: at(environment.stacks[stack.name], ...steps) },
  ];
  return { path, value: at(config, ...steps), layers: layers.filter(({ value }) => value !== undefined) };
}
