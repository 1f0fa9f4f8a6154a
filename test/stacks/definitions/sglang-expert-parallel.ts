import type { Construct } from 'constructs';
import { DisaggregatedServer, MetricsExporter, Model, Route, ServingStack, SglangRouter, sglang } from '../../../lib';

/** DeepSeek with prefill and decode apart over RDMA, on groups that a gang scheduler places, behind SGLang's router. */
export function sglangExpertParallel(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'deepseek-ep', {
    namespace: 'stacks',
    external: ['PersistentVolumeClaim/weights', 'Gateway/public'],
  });
  const options = {
    version: '0.5.17',
    tensorParallelSize: 16,
    transfer: { backend: 'mooncake' },
    sharedMemory: '64Gi',
    expertParallelSize: 16,
    extraArgs: ['--moe-a2a-backend', 'deepep'],
  } as const;
  const role = {
    nodes: 2,
    gpu: { count: 8, product: 'NVIDIA-H200' },
    resources: {
      requests: { cpu: '64', memory: '1024Gi' },
      limits: { memory: '1536Gi' },
      extended: { 'rdma/hca': 1, 'hugepages-2Mi': '8Gi' },
    },
  } as const;
  const server = new DisaggregatedServer(stack, 'v3', {
    model: Model.claim({ claim: 'weights', subPath: 'deepseek-v3', path: '/mnt/models', version: 'v3' }),
    image: 'lmsysorg/sglang:v0.5.17',
    placement: { together: 'topology.kubernetes.io/rack', schedulerName: 'kai-scheduler' },
    security: { capabilities: { add: ['IPC_LOCK'], reason: 'RDMA registers memory' } },
    podAnnotations: { 'k8s.v1.cni.cncf.io/networks': 'rdma/rail-0' },
    env: { NCCL_IB_HCA: 'mlx5', MC_TE_METRIC: true },
    anyPort: true,
    prefill: { ...role, runtime: sglang(options), replicas: 1 },
    decode: { ...role, runtime: sglang({ ...options, maxRunningRequests: 512 }), replicas: 2 },
  });
  const router = new SglangRouter(stack, 'router', {
    image: 'lmsysorg/sglang-router:v0.3.2',
    servers: server,
    policy: 'power_of_two',
    requestTimeout: '1h',
    replicas: 2,
    resources: { requests: { cpu: '4', memory: '4Gi' }, limits: { memory: '8Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: router });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server.prefill, server.decode, router] });
  return stack;
}
