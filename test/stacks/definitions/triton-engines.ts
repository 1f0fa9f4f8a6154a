import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, ServingStack, triton } from '../../../lib';

/** NVIDIA's tutorial: TensorRT-LLM engines of a shared file system in Triton, scaled by a recording rule of the cluster. */
export function tritonEngines(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'engines', { namespace: 'stacks', external: ['PersistentVolumeClaim/efs'] });
  const server = new ModelServer(stack, 'llama', {
    model: Model.claim({ claim: 'efs', subPath: 'llama3-8b-tp2/repository', path: '/mnt/models', version: 'tp2-1' }),
    image: 'nvcr.io/nvidia/tritonserver:25.01-trtllm-python-py3',
    runtime: triton({
      version: '25.01',
      models: ['preprocessing', 'tensorrt_llm', 'postprocessing', 'ensemble'],
      sharedMemory: '8Gi',
      extraArgs: ['--disable-auto-complete-config', '--backend-config=python,shm-region-prefix-name=prefix0_'],
    }),
    gpu: { count: 2, product: 'NVIDIA-A10G' },
    placement: { priorityClassName: 'high', tolerations: [{ key: 'vpc.amazonaws.com/efa', operator: 'Exists' }] },
    autoscaling: {
      min: 1,
      max: 4,
      metric: { name: 'triton:queue_compute:ratio', target: 1, servedBy: 'cluster' },
      behavior: { up: { after: '30s', pods: 1, every: '2m' }, down: { after: '15m', pods: 1, every: '5m' } },
    },
    startupTimeout: '15m',
    resources: {
      requests: { cpu: '8', memory: '48Gi' },
      limits: { memory: '64Gi' },
      extended: { 'vpc.amazonaws.com/efa': 1, 'hugepages-2Mi': '5Gi' },
    },
  });
  new MetricsExporter(stack, 'metrics', {
    mode: 'pod-monitor',
    interval: '6s',
    monitorLabels: { release: 'prometheus' },
    targets: [server],
  });
  return stack;
}
