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
  /** How careful it has to be. */
  readonly tier: Tier;
  /** Its cluster, as far as it is known. */
  readonly cluster: ClusterInfo;
}

/** A stack as a team writes it once: its name, what may differ between environments, and how it is built from that. */
export interface StackDefinition<Name extends string = string, Schema extends GenericSchema = GenericSchema> {
  /** Folder below `dist/<environment>`. */
  readonly name: Name;
  /** What the config of this stack looks like. */
  readonly schema: Schema;
  /** Adds the stack to the app. Called once per environment, with a config that fits the schema. */
  build(scope: Construct, config: InferOutput<Schema>, context: StackContext): ServingStack;
}

/** Defines a stack; infers its name and config type. */
export function defineStack<const Name extends string, Schema extends GenericSchema>(
  definition: StackDefinition<Name, Schema>,
): StackDefinition<Name, Schema> {
  return definition;
}

/** The configs of some stacks, by the stack's name. */
export type ConfigsOf<Stacks extends readonly StackDefinition[]> = {
  readonly [S in Stacks[number] as S['name']]: InferOutput<S['schema']>;
};

/** Stacks and the environments they are rendered for. */
export interface Project {
  /** The stacks, as `defineStack` returns them. */
  readonly stacks: readonly StackDefinition[];
  /** What holds everywhere, by stack. */
  readonly base: Readonly<Record<string, unknown>>;
  /** The environments, in the order of a release. */
  readonly environments: readonly AnyEnvironment[];
  /** Differences between the environments that are meant, each with its reason; `serving parity` fails on all others. */
  readonly expectedDifferences?: readonly ExpectedDifference[];
  /** How the manifests get into the clusters. @default - by `serving apply` */
  readonly delivery?: Delivery;
}

/** Puts a project together; the types of base and environments follow from the stacks. */
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
 * The environments of a folder: the default export of each of its modules but `base` and `index`. A new environment is one more file.
 * The folder is that of the compiled modules.
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
