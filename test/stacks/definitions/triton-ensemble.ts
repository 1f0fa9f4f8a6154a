import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelCache, ModelServer, Preprocessor, Route, ServingStack, triton } from '../../../lib';

/** A Triton ensemble of tokenizer, encoder and classifier of a bucket, with devices by Dynamic Resource Allocation, over gRPC. */
export function tritonEnsemble(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'moderation', {
    namespace: 'stacks',
    kubernetesVersion: '1.34',
    external: ['Gateway/internal'],
  });
  const cache = new ModelCache(stack, 'repository', {
    model: Model.objectStore({
      uri: 's3://models/moderation/v12/',
      version: 'v12',
      size: '6Gi',
      fetcher: 'amazon/aws-cli:2.27.0',
      region: 'eu-west-1',
      workloadIdentity: { 'eks.amazonaws.com/role-arn': 'arn:aws:iam::123456789012:role/models' },
    }),
    fetcher: 'amazon/aws-cli:2.27.0',
  });
  const server = new ModelServer(stack, 'triton', {
    model: cache.model,
    image: 'nvcr.io/nvidia/tritonserver:25.01-py3',
    runtime: triton({ version: '25.01', models: ['ensemble'], sharedMemory: '2Gi' }),
    gpu: { claim: { deviceClass: 'gpu.nvidia.com', count: 1 } },
    replicas: 2,
    resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
  });
  new Preprocessor(stack, 'texts', {
    image: 'registry.company.com/texts:1.4.0',
    next: server,
    resources: { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } },
  });
  new Route(stack, 'grpc', { gateway: { name: 'internal', namespace: 'gateways' }, to: server, protocol: 'grpc' });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
