import type { Base, ConfigsOf, Environment as EnvironmentOf } from 'cdk8s-serving';
import { stack } from './fraud-model';

/** The stacks of this project: a second one is one more file beside this one, and its name in this list. */
export const STACKS = [stack] as const;

type Configs = ConfigsOf<typeof STACKS>;

/** What `environments/base.ts` says. */
export type BaseConfig = Base<Configs>;

/** What each other file of `environments/` says. */
export type Environment = EnvironmentOf<Configs>;
