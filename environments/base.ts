import type { Base } from '../apps/stacks';

const fraud = {
  image: 'registry.company.com/fraud-model',
  version: 'v2.1.0',
  decisionThreshold: 0.75,
  batchSize: 16,
} as const;

const gate = {
  image: 'registry.company.com/ml-validator:v1.2',
  dataset: { uri: 's3://ml-data/validation/fraud/2026-01/', credentials: 'ml-data-reader' },
  thresholds: { auc: { min: 0.92 }, latencyP99Ms: { max: 150 } },
  timeout: '20m',
} as const;

const server = {
  scaling: { replicas: 1 },
  resources: { requests: { cpu: '1', memory: '4Gi' }, limits: { cpu: '2', memory: '8Gi' } },
  startupTimeout: '5m',
} as const;

const small = { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '1', memory: '512Mi' } } as const;

/** Values for every environment: defaults, suitable for dev. An environment only sets what differs. */
export const base: Base = {
  'fraud-model': {
    model: fraud,
    server,
    features: { url: 'http://feature-server-svc:8081' },
    redis: 'off',
    ingress: 'off',
    metrics: { mode: 'annotations' },
    gate,
  },
  'ml-serving-stack': {
    release: 'team-fraud-stack',
    imageRegistry: 'registry.company.com',
    model: fraud,
    server,
    ingress: 'off',
    // Before the rollout, the gate calls one pod of the new version, with its real image and resources.
    gate: { ...gate, phase: 'candidate' },
    redis: {},
    featureProxy: {
      image: 'feature-store-proxy:0.9.0',
      upstream: 'http://feature-store-svc:8082',
      scaling: { replicas: 1 },
      resources: small,
      startupTimeout: '1m',
    },
    preprocessor: { image: 'preprocessor:1.0.0', scaling: { replicas: 1 }, resources: small, startupTimeout: '1m' },
    queue: { image: 'queue-worker:1.0.0', scaling: { replicas: 1 }, resources: small, startupTimeout: '1m' },
    metrics: { mode: 'annotations' },
    monitoring: { prometheusUrl: 'http://prometheus.monitoring.svc:9090' },
  },
  'my-model': {
    image: 'your-dockerhub-username/my-model-api',
    version: 'v1.0.0',
    model: { source: 'baked' },
    server: {
      scaling: { replicas: 1 },
      resources: { requests: { cpu: '250m', memory: '256Mi' }, limits: { cpu: '500m', memory: '512Mi' } },
    },
    ingress: { host: 'my-model.example.com', className: 'nginx', path: '/', pathType: 'ImplementationSpecific' },
  },
  llm: {
    model: {
      repo: 'Qwen/Qwen3-8B',
      revision: 'b968826d9c46dd6066d109eabc6255188de91218',
      size: '17Gi',
      contextLength: 16_384,
    },
    vllm: '0.26.0',
    server: {
      scaling: { replicas: 1 },
      gpu: { count: 1, product: 'NVIDIA-L40S' },
      resources: { requests: { cpu: '6', memory: '24Gi' }, limits: { cpu: '12', memory: '32Gi' } },
    },
    cache: {},
    router: {
      image: 'lmcache/lmstack-router:0.1.12',
      scaling: { replicas: 1 },
      resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { cpu: '2', memory: '1Gi' } },
    },
    gateway: { name: 'internal', namespace: 'gateways' },
    metrics: { mode: 'pod-monitor' },
  },
  triton: {
    triton: '25.01',
    version: 'v3',
    detector: { uri: 's3://ml-models/detector/v3', size: '1Gi' },
    classifier: { uri: 's3://ml-models/classifier/v3', size: '500Mi' },
    bucket: {
      region: 'eu-west-1',
      fetcher: 'amazon/aws-cli:2.27.0',
      workloadIdentity: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/ml-models-reader' },
    },
    server: {
      scaling: { replicas: 1 },
      gpu: { count: 1 },
      resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { cpu: '8', memory: '12Gi' } },
    },
    gateway: { name: 'internal', namespace: 'gateways' },
    metrics: { mode: 'pod-monitor' },
  },
};
