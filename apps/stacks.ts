import type { Base as BaseOf, ConfigsOf, Environment as EnvironmentOf } from '../lib';
import { fraudModel } from './fraud-model';
import { llm } from './llm/llm';
import { mlServingStack } from './ml-serving-stack';
import { myModel } from './my-model';
import { tritonModels } from './triton/triton';

/** The stacks of this app. */
export const STACKS = [fraudModel, mlServingStack, myModel, llm, tritonModels] as const;

/** The config of each stack, by its name. */
export type Configs = ConfigsOf<typeof STACKS>;

/** What `environments/base.ts` says. */
export type Base = BaseOf<Configs>;

/** What each file of `environments/` says. */
export type Environment = EnvironmentOf<Configs>;
