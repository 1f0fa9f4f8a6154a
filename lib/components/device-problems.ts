import type { Problem } from '../errors/problem';
import { deviceCount, deviceMemory } from '../kube/devices';
import { formatQuantity, parseQuantity } from '../kube/quantity';
import { memoryFit } from '../model/memory-fit';
import type { Runtime } from '../runtimes/runtime';
import type { ModelServerProps } from './model-server-props';

type Found = Omit<Problem, 'subject'>;

/** Problems with a server's accelerators and their memory. */
export function deviceProblems(props: ModelServerProps, runtime: Runtime): readonly Found[] {
  return [
    ...parallelProblems(props, runtime),
    ...groupProblems(props, runtime),
    ...sharingProblems(props),
    ...shmProblems(props, runtime),
    ...fitProblems(props, runtime),
  ];
}

function parallelProblems({ gpu, nodes = 1 }: ModelServerProps, { devices, name }: Runtime): readonly Found[] {
  const there = deviceCount(gpu) * nodes;
  if (devices === undefined || there === devices || (gpu === undefined && devices === 1)) return [];
  return [
    {
      code: 'DEVICES_MISMATCH',
      path: 'gpu.count',
      message: `${name} splits one copy of the model over ${devices} devices, and its ${nodes === 1 ? 'pod has' : 'pods have'} another number`,
      got: nodes === 1 ? there : `${nodes} nodes × ${deviceCount(gpu)}`,
      expected: String(devices),
      remedy: 'Correct the parallelism of the runtime, the count of devices, or the number of nodes.',
    },
  ];
}

/** A server of which every node receives requests: it needs a group, and replicas on each of its nodes. */
function groupProblems({ nodes = 1 }: ModelServerProps, { groupServes, replicas, name }: Runtime): readonly Found[] {
  if (groupServes !== 'all' || (nodes > 1 && (replicas ?? nodes) % nodes === 0)) return [];
  return [
    {
      code: 'INVALID_VALUE',
      path: 'nodes',
      message: `${name} has replicas on every node, and their number is not a multiple of that of the nodes`,
      got: `${replicas ?? 1} replicas on ${nodes} ${nodes === 1 ? 'node' : 'nodes'}`,
      expected: 'at least 2 nodes, with the same number of replicas on each',
      remedy: 'Correct dataParallelSize or nodes; one node needs no load balancing between nodes.',
    },
  ];
}

function sharingProblems({ gpu, strict = false }: ModelServerProps): readonly Found[] {
  if (gpu === undefined || !('shared' in gpu) || !strict) return [];
  return [
    {
      code: 'SHARED_DEVICE',
      path: 'gpu.shared',
      message: `with ${gpu.shared} every pod on the device can use up its memory`,
      got: gpu.shared,
      expected: 'a whole device or a MIG slice',
      remedy: 'Use a whole device or a MIG slice, or set strict to false.',
    },
  ];
}

/** Shared memory that is missing, or that does not fit into the memory limit alongside the server. */
function shmProblems(props: ModelServerProps, runtime: Runtime): readonly Found[] {
  const { gpu, resources, sharedMemory = runtime.sharedMemory?.(deviceCount(gpu)) } = props;
  const limit = parseQuantity(resources.limits.memory) ?? 0;
  const bytes = sharedMemory === undefined ? 0 : (parseQuantity(sharedMemory) ?? 0);
  if (bytes < limit || bytes === 0) return [];
  return [
    {
      code: 'SHARED_MEMORY',
      path: 'resources.limits.memory',
      message: 'shared memory counts against the memory limit, and takes all of it',
      got: resources.limits.memory,
      expected: `more than ${sharedMemory}`,
      remedy: 'Raise the memory limit, or lower sharedMemory.',
    },
  ];
}

function fitProblems({ gpu, modelConfig, nodes = 1 }: ModelServerProps, { memory, devices }: Runtime): readonly Found[] {
  if (gpu === undefined || modelConfig === undefined || memory === undefined) return [];
  const each = deviceMemory(gpu);
  if (each === undefined) return [];
  const parallel = devices ?? deviceCount(gpu) * nodes;
  const fit = memoryFit(modelConfig, { ...memory, parallel, memory: each });
  const needed = fit.weights + fit.kvCache + fit.overhead;
  if (needed <= fit.available) return [];
  const length = memory.maxModelLen ?? modelConfig.maxPositions;
  const shorter = `Set maxModelLen to at most ${fit.longest}, use more or larger GPUs, or quantized weights.`;
  return [
    {
      code: 'GPU_MEMORY',
      path: fit.longest === 0 ? 'gpu' : 'runtime.maxModelLen',
      message:
        fit.longest === 0
          ? 'the weights do not fit into the memory of the GPUs'
          : `the weights and the KV cache of one request of ${length} tokens do not fit into the memory of each GPU`,
      got: `${formatQuantity(fit.weights)} weights + ${formatQuantity(fit.kvCache)} KV cache + ${formatQuantity(fit.overhead)}`,
      expected: `at most ${formatQuantity(fit.available)}`,
      remedy: fit.longest === 0 ? 'Use more or larger GPUs, or quantized weights.' : shorter,
    },
  ];
}
