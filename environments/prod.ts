import type { Environment } from '../apps/stacks';

const server = {
  scaling: { autoscaling: { min: 3, max: 15, cpu: 60 } },
  resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { cpu: '8', memory: '24Gi' } },
  placement: { spread: 'strict' },
} as const;

/** Pinned to the stable version; one pod per node, so the cluster needs a node more than the autoscaler may ask for. */
const prod: Environment = {
  name: 'prod',
  tier: 'prod',
  cluster: { nodes: [{ count: 20, cpu: 32, memory: '128Gi' }] },
  stacks: {
    'fraud-model': {
      namespace: 'team-fraud-prod',
      model: { version: 'v2.1.0' },
      server,
      redis: { host: 'redis-prod-svc', port: 6379, auth: { secret: 'redis-prod-auth' } },
      ingress: { host: 'fraud-model.api.company.com', tlsSecretName: 'prod-tls' },
    },
    'ml-serving-stack': {
      namespace: 'team-fraud-prod',
      model: { version: 'v2.1.0' },
      server,
      redis: { auth: { secret: 'team-fraud-redis-auth' }, storage: { size: '8Gi' } },
      featureProxy: { scaling: { replicas: 2 } },
      preprocessor: { scaling: { replicas: 2 } },
      queue: { scaling: { replicas: 2 } },
      ingress: { host: 'fraud-stack.api.company.com', tlsSecretName: 'prod-tls' },
    },
    'my-model': { namespace: 'my-model-prod', server: { scaling: { replicas: 2 } } },
  },
};

export default prod;
