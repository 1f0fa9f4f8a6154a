import { join } from 'node:path';
import { defineProject, environmentsIn, runAsApp } from 'cdk8s-serving';
import { base } from '../environments/base';
import { expectedDifferences } from './expected-differences';
import { STACKS } from './stacks';

/** The project that `serving` and `cdk8s` load: all stacks, in every environment with a file in `environments/`. */
export const project = defineProject({
  stacks: STACKS,
  base,
  environments: environmentsIn(join(__dirname, '../environments')),
  expectedDifferences,
});

if (require.main === module) runAsApp(project);
