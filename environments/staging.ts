import type { Environment } from '../apps/stacks';

const server = {
  scaling: { replicas: 2 },
  resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { cpu: '4', memory: '16Gi' } },
} as const;

/** The release candidate, with a lower threshold to catch more edge cases. */
const staging: Environment = {
  name: 'staging',
  tier: 'staging',
  stacks: {
    'fraud-model': {
      namespace: 'team-fraud-staging',
      model: { version: 'v2.2.0-rc1', decisionThreshold: 0.7 },
      server,
      redis: { host: 'redis-staging-svc', port: 6379 },
      ingress: { host: 'fraud-model-staging.internal.company.com', tlsSecretName: 'staging-tls' },
    },
    'ml-serving-stack': {
      namespace: 'team-fraud-staging',
      model: { version: 'v2.2.0-rc1', decisionThreshold: 0.7 },
      server,
      featureProxy: { scaling: { replicas: 2 } },
      ingress: { host: 'fraud-stack-staging.internal.company.com', tlsSecretName: 'staging-tls' },
    },
    'my-model': { namespace: 'my-model-staging', ingress: { host: 'my-model.staging.example.com' } },
    llm: { namespace: 'llm-staging', gateway: { host: 'llm-staging.internal.company.com' } },
    triton: { namespace: 'triton-staging', gateway: { host: 'triton-staging.internal.company.com' } },
  },
};

export default staging;
