import { join } from 'node:path';
import { base } from '../environments/base';
import { defineProject, environmentsIn, runAsApp } from '../lib';
import { expectedDifferences } from './expected-differences';
import { STACKS } from './stacks';

/** The project that `serving` and `cdk8s` load: the sample stacks, in all environments of `environments/`. */
export const project = defineProject({
  stacks: STACKS,
  base,
  environments: environmentsIn(join(__dirname, '../environments')),
  expectedDifferences,
  // `serving synth --delivery argocd` or `flux` renders for an agent that reads this repository.
  delivery: { source: { git: 'https://git.company.com/ml/serving-stacks' } },
});

// `cdk8s synth` runs this module; `serving` loads it.
if (require.main === module) runAsApp(project);
