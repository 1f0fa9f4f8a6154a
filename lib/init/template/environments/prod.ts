import type { Environment } from '../apps/stacks';

/** Production. Its type requires a Redis password and a gate. */
const prod: Environment = {
  name: 'prod',
  tier: 'prod',
  stacks: {
    'fraud-model': {
      namespace: 'fraud-model-prod',
      model: { version: 'v1.0.0' },
      server: { scaling: { autoscaling: { min: 3, max: 12, cpu: 60 } } },
      redis: { auth: { secret: 'fraud-model-redis' } },
      ingress: { host: 'fraud-model.example.com', tlsSecretName: 'fraud-model-tls' },
    },
  },
};

export default prod;
