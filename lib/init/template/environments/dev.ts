import type { Environment } from '../apps/stacks';

/** Development: the values of the base. */
const dev: Environment = {
  name: 'dev',
  tier: 'dev',
  stacks: { 'fraud-model': { namespace: 'fraud-model-dev' } },
};

export default dev;
