import type { BaseConfig } from '../apps/stacks';

/** Values for all environments, sized for dev. The other files only override what differs. */
export const base: BaseConfig = {
  'fraud-model': {
    imageRegistry: 'registry.example.com',
    model: { image: 'fraud-model', version: 'v1.0.0', threshold: 0.75 },
    server: {
      scaling: { replicas: 1 },
      resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '4Gi' } },
      startupTimeout: '5m',
    },
    redis: { host: 'redis' },
    ingress: 'off',
    gate: {
      image: 'ml-validator:v1.0',
      dataset: { uri: 's3://ml-data/validation/fraud-model/', credentials: 'ml-data-reader' },
      thresholds: { auc: { min: 0.92 }, latencyP99Ms: { max: 150 } },
    },
  },
};
