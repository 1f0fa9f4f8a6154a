import type { Environment } from '../apps/stacks';

/** The defaults, unchanged. */
const dev: Environment = {
  name: 'dev',
  tier: 'dev',
  stacks: {
    'fraud-model': { namespace: 'team-fraud-dev' },
    'ml-serving-stack': { namespace: 'team-fraud' },
    'my-model': { namespace: 'my-model-dev' },
    llm: { namespace: 'llm-dev', gateway: { host: 'llm-dev.internal.company.com' } },
    triton: { namespace: 'triton-dev', gateway: { host: 'triton-dev.internal.company.com' } },
  },
};

export default dev;
