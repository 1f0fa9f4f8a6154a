import type { Environment } from '../apps/stacks';

const server = {
  scaling: { autoscaling: { min: 3, max: 15, cpu: 60 } },
  resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { cpu: '8', memory: '24Gi' } },
  placement: { spread: 'strict' },
} as const;

/** Pinned to the stable version; one pod per node, so the cluster needs one node more than the autoscaler's maximum. */
const prod: Environment = {
  name: 'prod',
  tier: 'prod',
  cluster: {
    nodes: [
      { count: 20, cpu: 32, memory: '128Gi' },
      {
        count: 8,
        cpu: 32,
        memory: '256Gi',
        gpus: 2,
        labels: { 'nvidia.com/gpu.product': 'NVIDIA-L40S' },
        taints: [{ key: 'nvidia.com/gpu', effect: 'NoSchedule' }],
      },
    ],
  },
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
    llm: {
      namespace: 'llm-prod',
      server: { scaling: { min: 2, max: 6, waiting: 5, prometheus: 'http://prometheus-operated.monitoring.svc:9090' } },
      router: { scaling: { replicas: 2 } },
      gateway: { name: 'public', host: 'llm.api.company.com' },
    },
    triton: {
      namespace: 'triton-prod',
      server: { scaling: { replicas: 2 } },
      gateway: { name: 'public', host: 'triton.api.company.com' },
    },
  },
};

export default prod;
