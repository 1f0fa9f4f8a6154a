import type { MemoryQuantity } from '../kube/quantity';
import { type Flag, flagArgs, flagProblems } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings for a Triton server. */
export interface TritonOptions {
  /** Container release, `25.01`. @default - unknown */
  readonly version?: `${number}.${number}`;
  /** Models to load, and no others. @default - all models of the repository */
  readonly models?: readonly string[];
  /** Whether the server is ready only when every model is. @default true */
  readonly strictReadiness?: boolean;
  /** Seconds for running requests at shutdown. @default - the time to finish of the drain */
  readonly exitTimeoutSeconds?: number;
  /** Log verbosity; 0 is quiet. @default - Triton's own */
  readonly logVerbose?: number;
  /** Size of `/dev/shm`, for Python backends. @default '1Gi' */
  readonly sharedMemory?: MemoryQuantity;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * Triton Inference Server over a model repository: `Model.claim` for a whole repository, or `Model.repository`.
 *
 * @example
 * const runtime = triton({ version: '25.01', models: ['densenet_onnx'] });
 * @see https://docs.nvidia.com/deeplearning/triton-inference-server/user-guide/docs/user_guide/metrics.html
 * @see https://github.com/triton-inference-server/server/tree/main/deploy/k8s-onprem
 */
export function triton(options: TritonOptions = {}): Runtime {
  const { version, extraArgs = [] } = options;
  return {
    name: 'triton',
    ...(version === undefined ? {} : { version }),
    ports: { http: 8000, grpc: 8001, metrics: 8002 },
    health: { startup: { path: '/v2/health/ready' }, ready: { path: '/v2/health/ready' }, live: { path: '/v2/health/live' } },
    command: (facts) => ({ command: ['tritonserver'], args: [...flagArgs(flags(options, facts), 'equals'), ...extraArgs] }),
    env: () => ({ HOME: '/home/triton-server' }),
    drain: { before: '15s', finish: '30s', onTerm: 'refuses' },
    startupTimeout: '5m',
    sharedMemory: () => options.sharedMemory ?? '1Gi',
    writableDirectories: ['/tmp', '/home/triton-server'],
    user: { uid: 1000, gid: 1000, fsGroup: 1000 },
    metrics: {
      path: '/metrics',
      port: 'metrics',
      series: {
        // Average queue time of a request in microseconds, as in the project's own scaling sample.
        queue: {
          series: 'nv_inference_queue_duration_us',
          kind: 'counter',
          query: (selector, by) =>
            `sum by (${by}) (rate(nv_inference_queue_duration_us{${selector}}[1m])) / sum by (${by}) (rate(nv_inference_request_success{${selector}}[1m]))`,
        },
        running: { series: 'nv_inference_pending_request_count', kind: 'gauge' },
        cache: { series: 'nv_gpu_utilization', kind: 'gauge' },
        requestSeconds: {
          series: 'nv_inference_request_duration_us',
          kind: 'counter',
          query: (selector, by) =>
            `sum by (${by}) (rate(nv_inference_request_duration_us{${selector}}[1m])) / sum by (${by}) (rate(nv_inference_request_success{${selector}}[1m])) / 1e6`,
        },
        errors: { series: 'nv_inference_request_failure', kind: 'counter' },
      },
      also: ['nv_inference_request_success', 'nv_inference_count', 'nv_inference_exec_count', 'nv_gpu_memory_used_bytes'],
    },
    problems: flagProblems('Triton', version, flags(options, undefined), extraArgs),
  };
}

function flags(options: TritonOptions, facts: ServerFacts | undefined): readonly Flag[] {
  const { models = [], strictReadiness, exitTimeoutSeconds = facts?.finishSeconds ?? 30, logVerbose } = options;
  return [
    { flag: '--model-repository', value: facts?.modelPath ?? '/mnt/models', option: 'model' },
    { flag: '--http-port', value: facts?.ports.http ?? 8000, option: 'version' },
    { flag: '--grpc-port', value: facts?.ports.grpc ?? 8001, option: 'version' },
    { flag: '--metrics-port', value: facts?.ports.metrics ?? 8002, option: 'version' },
    { flag: '--model-control-mode', value: models.length === 0 ? 'none' : 'explicit', option: 'models' },
    { flag: '--load-model', value: undefined, option: 'models' },
    ...models.map((value): Flag => ({ flag: '--load-model', value, option: 'models' })),
    {
      flag: '--strict-readiness',
      value: strictReadiness === undefined ? undefined : String(strictReadiness),
      option: 'strictReadiness',
    },
    { flag: '--exit-timeout-secs', value: exitTimeoutSeconds, option: 'exitTimeoutSeconds' },
    { flag: '--log-verbose', value: logVerbose, option: 'logVerbose' },
  ];
}
