import type { Environment } from '../apps/stacks';

/** Staging: candidates are validated here. */
const staging: Environment = {
  name: 'staging',
  tier: 'staging',
  stacks: {
    'fraud-model': {
      namespace: 'fraud-model-staging',
      model: { version: 'v1.1.0-rc1' },
      server: { scaling: { replicas: 2 } },
      ingress: { host: 'fraud-model.staging.example.com' },
    },
  },
};

export default staging;
