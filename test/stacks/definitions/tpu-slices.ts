import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Route, type Runtime, ServingStack, vllm } from '../../../lib';

const options = { version: '0.26.0', tensorParallelSize: 16, maxModelLen: 8192, sharedMemory: '32Gi', keepAlive: '5m' } as const;
const base = vllm(options);

/** vLLM on slices of four nodes with TPUs, whose parts Ray connects; the first starts the server, the others only join. */
const overRay: Runtime = {
  ...base,
  name: 'vllm-over-ray',
  command: (facts) => {
    const { args = [] } = base.command?.({ ...facts, nodes: 1 }) ?? {};
    const serve = args.slice(0, args.indexOf('--nnodes') === -1 ? undefined : args.indexOf('--nnodes'));
    const join = `ray start --block --address=${facts.group?.leader}:6379`;
    const lead = 'ray start --head --port=6379 && exec vllm serve "$@" --distributed-executor-backend=ray';
    return { command: ['bash', '-c', facts.group?.part === 'worker' ? join : lead, 'start'], args: serve };
  },
};

/** GKE's tutorial of several hosts: each group has a slice, and a node pool, of its own; Kueue admits it whole. */
export function tpuSlices(scope: Construct): ServingStack {
  const external = ['PersistentVolumeClaim/weights', 'Gateway/internal'];
  const stack = new ServingStack(scope, 'tpu', { namespace: 'stacks', external });
  const server = new ModelServer(stack, 'llama-405b', {
    model: Model.claim({ claim: 'weights', subPath: 'llama-3.1-405b', path: '/mnt/models', version: 'v1' }),
    image: 'vllm/vllm-tpu:v0.26.0',
    runtime: overRay,
    nodes: 4,
    replicas: 2,
    gpu: { tpu: { accelerator: 'tpu-v6e-slice', topology: '4x4', chips: 4 } },
    placement: { exclusiveTopology: 'cloud.google.com/gke-nodepool', queue: 'serving', spot: 'gke' },
    startupTimeout: '90m',
    env: { TPU_MULTIHOST_BACKEND: 'ray', JAX_PLATFORMS: '', VLLM_XLA_CACHE_PATH: '/tmp/xla' },
    resources: { requests: { cpu: '80', memory: '512Gi' }, limits: { memory: '640Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'internal', namespace: 'gateways' }, to: server });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
