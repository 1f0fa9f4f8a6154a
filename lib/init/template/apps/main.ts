import { type Base, type ConfigsOf, defineProject, type Environment as EnvironmentOf, runAsApp } from 'cdk8s-serving';
import { base } from '../environments/base';
import dev from '../environments/dev';
import prod from '../environments/prod';
import staging from '../environments/staging';
import { expectedDifferences } from './expected-differences';
import { stack } from './fraud-model';

/** The stacks of this project; a second one is one more file here. */
const STACKS = [stack] as const;

type Configs = ConfigsOf<typeof STACKS>;

/** What `environments/base.ts` says. */
export type BaseConfig = Base<Configs>;

/** What each other file of `environments/` says. */
export type Environment = EnvironmentOf<Configs>;

/** What `serving` and `cdk8s` load. */
export const project = defineProject({ stacks: STACKS, base, environments: [dev, staging, prod], expectedDifferences });

if (require.main === module) runAsApp(project);
