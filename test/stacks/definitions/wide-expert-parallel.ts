import type { Construct } from 'constructs';
import { DisaggregatedServer, InferencePool, MetricsExporter, Model, Route, ServingStack, vllm } from '../../../lib';

/** llm-d's wide expert parallelism: a mixture over 16 GPUs per role, and requests for every node of the decode groups. */
export function wideExpertParallel(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'deepseek', {
    namespace: 'stacks',
    external: ['PersistentVolumeClaim/weights', 'Gateway/inference'],
  });
  const options = {
    version: '0.26.0',
    dataParallelSize: 16,
    expertParallel: true,
    kvTransfer: { kv_connector: 'NixlConnector', kv_role: 'kv_both', kv_load_failure_policy: 'fail' },
    sharedMemory: '16Gi',
    maxModelLen: 32_768,
    dataParallelLoadBalancing: 'hybrid',
  } as const;
  const eplb = JSON.stringify({ window_size: 1000, step_interval: 3000, num_redundant_experts: 32 });
  const [throughput, latency] = ['deepep_high_throughput', 'deepep_low_latency'].map((backend) =>
    vllm({ ...options, extraArgs: ['--all2all-backend', backend, '--enable-eplb', '--eplb-config', eplb, '--enable-dbo'] }),
  );
  const role = {
    nodes: 2,
    gpu: { count: 8, product: 'NVIDIA-H200' },
    resources: { requests: { cpu: '32', memory: '512Gi' }, limits: { memory: '768Gi' }, extended: { 'rdma/ib': 1 } },
  } as const;
  const server = new DisaggregatedServer(stack, 'r1', {
    model: Model.claim({ claim: 'weights', subPath: 'deepseek-r1', path: '/mnt/models', version: '0528' }),
    image: 'ghcr.io/llm-d/llm-d-cuda:v0.9.0',
    placement: { exclusiveTopology: 'topology.kubernetes.io/rack' },
    security: { capabilities: { add: ['IPC_LOCK', 'SYS_RAWIO'], reason: 'RDMA registers memory' } },
    env: { NVIDIA_GDRCOPY: 'enabled', NVSHMEM_REMOTE_TRANSPORT: 'ibgda', GLOO_SOCKET_IFNAME: 'eth0', VLLM_SKIP_P2P_CHECK: 1 },
    anyPort: true,
    prefill: { ...role, runtime: throughput ?? vllm(options), replicas: 1 },
    decode: { ...role, runtime: latency ?? vllm(options), replicas: 1 },
    sidecar: {
      image: 'ghcr.io/llm-d/llm-d-router-disagg-sidecar:v0.10.0',
      resources: { requests: { cpu: '1', memory: '512Mi' }, limits: { memory: '1Gi' } },
    },
  });
  const pool = new InferencePool(stack, 'pool', {
    servers: [server.decode],
    picker: { image: 'ghcr.io/llm-d/llm-d-router-endpoint-picker:v0.10.0', whenDown: 'FailOpen' },
  });
  new Route(stack, 'route', { gateway: { name: 'inference', namespace: 'gateways' }, to: pool });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server.prefill, server.decode] });
  return stack;
}
