import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, ServingStack, vllm } from '../../../lib';

/** Llama on AWS Inferentia, with the scheduler that gives adjacent cores, a cache of compiled graphs, and nodes of Karpenter. */
export function inferentia(scope: Construct): ServingStack {
  const external = ['PersistentVolumeClaim/compiled', 'Secret/huggingface'];
  const stack = new ServingStack(scope, 'neuron', { namespace: 'stacks', external });
  const server = new ModelServer(stack, 'llama', {
    model: Model.huggingFace({
      repo: 'meta-llama/Llama-3.1-8B-Instruct',
      revision: '0e9e39f249a16976918f6564b8830bc894c89659',
      token: { secret: 'huggingface', key: 'token' },
      size: '16Gi',
    }),
    image: 'public.ecr.aws/neuron/pytorch-inference-vllm-neuronx:0.13.0-neuronx-py312-sdk2.28.0-ubuntu24.04',
    runtime: vllm({
      version: '0.13.0',
      tensorParallelSize: 8,
      maxModelLen: 4096,
      maxNumSeqs: 8,
      sharedMemory: '8Gi',
      extraArgs: ['--no-enable-chunked-prefill', '--override-neuron-config', JSON.stringify({ enable_bucketing: true })],
    }),
    env: { NEURON_COMPILE_CACHE_URL: '/var/cache/neuron', NEURON_RT_NUM_CORES: 8, OMP_NUM_THREADS: 16 },
    volumes: [
      {
        name: 'compiled',
        source: { persistentVolumeClaim: { claimName: 'compiled' } },
        mountPath: '/var/cache/neuron',
        readOnly: false,
      },
    ],
    gpu: { vendor: 'neuron', count: 8, product: ['inf2.24xlarge', 'inf2.48xlarge'] },
    placement: { schedulerName: 'neuron-scheduler', nodeSelector: { 'karpenter.sh/capacity-type': 'on-demand' } },
    startupTimeout: '90m',
    service: {
      type: 'LoadBalancer',
      reason: 'clients in the private network, by an internal load balancer',
      loadBalancerClass: 'service.k8s.aws/nlb',
      annotations: { 'service.beta.kubernetes.io/aws-load-balancer-scheme': 'internal' },
      sourceRanges: ['10.0.0.0/8'],
    },
    resources: { requests: { cpu: '24', memory: '96Gi' }, limits: { memory: '128Gi' } },
  });
  new MetricsExporter(stack, 'metrics', { targets: [server] });
  return stack;
}
