import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Objectives, ServingStack, VllmRouter, vllm } from '../../../lib';

/** Weights in a bucket that a CSI driver mounts; most pods on spot nodes, a few on reserved ones, and one router for both. */
export function spotWithFallback(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'gemma', { namespace: 'stacks' });
  const common = {
    model: Model.volume({
      volume: {
        csi: {
          driver: 'gcsfuse.csi.storage.gke.io',
          readOnly: true,
          volumeAttributes: { bucketName: 'company-models', mountOptions: 'implicit-dirs' },
        },
      },
      subPath: 'gemma-3-27b',
      path: '/mnt/models',
      version: 'v3',
    }),
    image: 'vllm/vllm-openai:v0.26.0',
    modelName: 'gemma',
    runtime: vllm({ version: '0.26.0', tensorParallelSize: 2, maxModelLen: 8192, quantization: 'fp8' }),
    gpu: { count: 2, product: 'NVIDIA-L4' },
    podAnnotations: { 'gke-gcsfuse/volumes': 'true' },
    serviceAccountAnnotations: { 'iam.gke.io/gcp-service-account': 'models@company.iam.gserviceaccount.com' },
    resources: { requests: { cpu: '16', memory: '64Gi' }, limits: { memory: '80Gi' } },
  } as const;
  const spot = new ModelServer(stack, 'spot', {
    ...common,
    placement: { spot: 'gke', priorityClassName: 'best-effort' },
    drain: { delay: '5s', timeout: '15s', spare: '5s' },
    autoscaling: {
      min: 2,
      max: 12,
      on: 'queue',
      target: 3,
      by: { keda: { prometheus: 'http://prometheus-operated.monitoring.svc:9090', fallback: { replicas: 6 } } },
    },
  });
  const reserved = new ModelServer(stack, 'reserved', { ...common, placement: { priorityClassName: 'production' }, replicas: 2 });
  for (const server of [spot, reserved]) server.allowTo({ anywhere: true }, 443);
  const router = new VllmRouter(stack, 'router', {
    image: 'lmcache/lmstack-router:0.1.12',
    servers: [spot, reserved],
    resources: { requests: { cpu: '1', memory: '1Gi' }, limits: { memory: '2Gi' } },
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [spot, reserved, router] });
  new Objectives(stack, 'objectives', { servers: [{ of: reserved, requestSeconds: { below: 20, fraction: 0.95 } }] });
  return stack;
}
