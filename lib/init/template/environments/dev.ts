import type { Environment } from '../apps/stacks';

/** The base as it is. */
const dev: Environment = {
  name: 'dev',
  tier: 'dev',
  stacks: { 'fraud-model': { namespace: 'fraud-model-dev' } },
};

export default dev;
