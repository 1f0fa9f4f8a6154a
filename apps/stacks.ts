import type { Base as BaseOf, ConfigsOf, Environment as EnvironmentOf } from '../lib';
import { fraudModel } from './fraud-model';
import { llm } from './llm/llm';
import { mlServingStack } from './ml-serving-stack';
import { myModel } from './my-model';
import { tritonModels } from './triton/triton';

/** The stacks of this app. */
export const STACKS = [fraudModel, mlServingStack, myModel, llm, tritonModels] as const;

/** Config of each stack, by name. */
export type Configs = ConfigsOf<typeof STACKS>;

/** Type of `environments/base.ts`. */
export type Base = BaseOf<Configs>;

/** Type of each file in `environments/`. */
export type Environment = EnvironmentOf<Configs>;
