import type { Base, ConfigsOf, Environment as EnvironmentOf } from 'cdk8s-serving';
import { stack } from './fraud-model';

/** The stacks of this project. For a second one, add a file next to this one, and its name to this list. */
export const STACKS = [stack] as const;

type Configs = ConfigsOf<typeof STACKS>;

/** Type of `environments/base.ts`. */
export type BaseConfig = Base<Configs>;

/** Type of every other file in `environments/`. */
export type Environment = EnvironmentOf<Configs>;
