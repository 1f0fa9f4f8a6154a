import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Construct } from 'constructs';
import type { GenericSchema, InferOutput } from 'valibot';
import type { ServingStack } from '../stack/serving-stack';
import type { Delivery } from './delivery';
import { type AnyEnvironment, type Base, byTier, type ClusterInfo, type Environment, type Tier } from './environment';
import type { ExpectedDifference } from './expected-difference';

/** Environment metadata passed to a stack. */
export interface StackContext {
  /** Name of the environment. */
  readonly environment: string;
  /** Tier of the environment. */
  readonly tier: Tier;
  /** Cluster of the environment, where known. */
  readonly cluster: ClusterInfo;
}

/** A stack as a team defines it: its name, its configurable values, and how to build it from them. */
export interface StackDefinition<Name extends string = string, Schema extends GenericSchema = GenericSchema> {
  /** Directory below `dist/<environment>`. */
  readonly name: Name;
  /** Schema of the stack's config. */
  readonly schema: Schema;
  /** Adds the stack to the app. Called once per environment, with a valid config. */
  build(scope: Construct, config: InferOutput<Schema>, context: StackContext): ServingStack;
}

/** Defines a stack; infers its name and config type. */
export function defineStack<const Name extends string, Schema extends GenericSchema>(
  definition: StackDefinition<Name, Schema>,
): StackDefinition<Name, Schema> {
  return definition;
}

/** Configs of stacks, by stack name. */
export type ConfigsOf<Stacks extends readonly StackDefinition[]> = {
  readonly [S in Stacks[number] as S['name']]: InferOutput<S['schema']>;
};

/** Stacks and the environments to render them for. */
export interface Project {
  /** The stacks, as `defineStack` returns them. */
  readonly stacks: readonly StackDefinition[];
  /** Values for all environments, by stack. */
  readonly base: Readonly<Record<string, unknown>>;
  /** Environments, in release order. */
  readonly environments: readonly AnyEnvironment[];
  /** Intended differences between environments, each with its reason; `serving parity` fails on all others. */
  readonly expectedDifferences?: readonly ExpectedDifference[];
  /** How the manifests reach the clusters. @default - with `serving apply` */
  readonly delivery?: Delivery;
}

/** Defines a project; the stacks determine the types of the base and the environments. */
export function defineProject<Stacks extends readonly StackDefinition[]>(parts: {
  readonly stacks: Stacks;
  readonly base: Base<ConfigsOf<Stacks>>;
  readonly environments: readonly (Environment<ConfigsOf<Stacks>> | AnyEnvironment)[];
  readonly expectedDifferences?: readonly ExpectedDifference[];
  readonly delivery?: Delivery;
}): Project {
  const { stacks, base, environments, expectedDifferences = [], delivery } = parts;
  const inOrder = [...environments].sort(byTier);
  return { stacks, base, environments: inOrder, expectedDifferences, ...(delivery === undefined ? {} : { delivery }) };
}

/**
 * Loads the environments in a directory: the default export of each module except `base` and `index`. A new environment is one
 * more file. The directory is that of the compiled modules.
 */
export function environmentsIn(folder: string): readonly AnyEnvironment[] {
  const names = readdirSync(folder).filter((file) => /\.[cm]?js$/.test(file) && !/^(base|index)\./.test(file));
  return names.sort().map((file) => {
    const module = require(join(folder, file)) as { readonly default?: AnyEnvironment };
    if (module.default === undefined)
      throw new Error(`${basename(folder)}/${file} has no default export: export its environment as default`);
    return module.default;
  });
}
