import type { Runtime } from './runtime';

/** Settings for an MLServer. */
export interface MlserverOptions {
  /** Version of MLServer in the image. @default - unknown */
  readonly version?: `${number}.${number}.${number}`;
  /**
   * Class of the inference runtime, `mlserver_sklearn.SKLearnModel`, if the model has no `model-settings.json`.
   * @default - from the model's settings
   */
  readonly implementation?: string;
  /**
   * Names of the models in a directory with several. A pod is ready only once the first and the last are loaded, because the server's
   * own route reports ready even if models failed to load.
   * @default - the component's name with `implementation`; else unknown
   */
  readonly models?: readonly [string, ...string[]];
  /** Maximum requests per batch, if the model has no `model-settings.json`. @default - one at a time */
  readonly maxBatchSize?: number;
  /** Maximum seconds that a request waits for its batch. @default - MLServer's own */
  readonly maxBatchTime?: number;
  /**
   * Number of inference processes, for models that compute for seconds; 0 runs inference in the server process. At SIGTERM
   * MLServer stops these processes before it closes its connections: each request at that moment is answered with 500.
   * @default 0: MLServer's own is 1
   */
  readonly parallelWorkers?: number;
  /** Maximum bytes of a gRPC request or response. @default - MLServer's own */
  readonly grpcMaxMessageLength?: number;
}

const HOME = '/tmp/mlserver';

/**
 * MLServer, for scikit-learn, XGBoost and others: one model, or a directory with one per sub-directory. Inference runs in the
 * server process, which finishes its requests at SIGTERM. With `parallelWorkers` it does not: requests must end within the time
 * before SIGTERM (`drain.delay`), and clients must open new connections sooner than that. It closes connections after 5 idle
 * seconds, so the idle timeout of proxies must be shorter.
 *
 * @example
 * const runtime = mlserver({ version: '1.7.1', implementation: 'mlserver_sklearn.SKLearnModel' });
 * @see https://mlserver.readthedocs.io/en/stable/reference/settings.html
 * @see https://mlserver.readthedocs.io/en/stable/user-guide/metrics.html
 */
export function mlserver(options: MlserverOptions = {}): Runtime {
  const { version, implementation, models, parallelWorkers = 0, maxBatchSize, maxBatchTime, grpcMaxMessageLength } = options;
  const warnings =
    models === undefined && implementation === undefined
      ? ['MLServer is ready although a model failed to load: name its models in the option models']
      : (models ?? []).length > 2
        ? ['readiness asks the first and the last model only: validate a release with a gate that sends a request to each']
        : [];
  const batches = implementation === undefined || (maxBatchSize ?? 0) > 1;
  return {
    name: 'mlserver',
    ...(version === undefined ? {} : { version }),
    ports: { http: 8080, grpc: 8081, metrics: 8082 },
    health: { startup: { path: '/v2/health/ready' }, ready: { path: '/v2/health/ready' }, live: { path: '/v2/health/live' } },
    // The server drops a model that failed to load and reports ready without it until it stops: a rollout would continue with it.
    modelHealth: (modelName) => {
      const names = models ?? (implementation === undefined ? [] : [modelName]);
      const [first, last] = [names[0], names.at(-1)];
      const route = (name: string) => ({ path: `/v2/models/${name}/ready` });
      return first === undefined || last === undefined ? {} : { startup: route(first), ready: route(last) };
    },
    command: ({ modelPath }) => ({ command: ['mlserver', 'start'], args: [modelPath] }),
    env: ({ ports, modelPath, modelName }) => ({
      MLSERVER_HOST: '0.0.0.0',
      MLSERVER_HTTP_PORT: ports.http,
      MLSERVER_GRPC_PORT: ports.grpc ?? 8081,
      MLSERVER_METRICS_PORT: ports.metrics ?? 8082,
      // Both default to the working directory, which is not writable.
      MLSERVER_METRICS_DIR: `${HOME}/metrics`,
      MLSERVER_ENVIRONMENTS_DIR: `${HOME}/environments`,
      HOME,
      TRANSFORMERS_CACHE: `${HOME}/cache`,
      NUMBA_CACHE_DIR: `${HOME}/cache`,
      MPLCONFIGDIR: `${HOME}/cache`,
      ...(implementation === undefined
        ? {}
        : { MLSERVER_MODEL_IMPLEMENTATION: implementation, MLSERVER_MODEL_NAME: modelName, MLSERVER_MODEL_URI: modelPath }),
      ...(maxBatchSize === undefined ? {} : { MLSERVER_MODEL_MAX_BATCH_SIZE: maxBatchSize }),
      ...(maxBatchTime === undefined ? {} : { MLSERVER_MODEL_MAX_BATCH_TIME: maxBatchTime }),
      MLSERVER_PARALLEL_WORKERS: parallelWorkers,
      ...(grpcMaxMessageLength === undefined ? {} : { MLSERVER_GRPC_MAX_MESSAGE_LENGTH: grpcMaxMessageLength }),
    }),
    // At SIGTERM it stops its workers first, with all their requests: these must finish before.
    drain:
      parallelWorkers === 0
        ? { before: '15s', finish: '30s', onTerm: 'refuses' }
        : { before: '30s', finish: '5s', onTerm: 'drops' },
    writableDirectories: ['/tmp'],
    user: { uid: 1000, gid: 1000 },
    metrics: {
      path: '/metrics',
      port: 'metrics',
      series: {
        running: { series: 'rest_server_requests_in_progress', kind: 'gauge' },
        requestSeconds: { series: 'rest_server_request_duration_seconds', kind: 'histogram' },
        errors: { series: 'model_infer_request_failure_total', kind: 'counter' },
        // Without workers, inference runs in the server process, and there is no queue.
        ...(parallelWorkers === 0 ? {} : { queue: { series: 'parallel_request_queue', kind: 'histogram' as const } }),
      },
      also: [
        'model_infer_request_success_total',
        'model_infer_request_duration',
        ...(batches ? ['batch_request_queue'] : []),
        'rest_server_requests_total',
        'grpc_server_handled_total',
        'grpc_server_handling_seconds',
        'grpc_server_started_total',
        // Series of one process, which the metrics that several processes share do not have.
        ...(parallelWorkers === 0
          ? ['grpc_server_handled_latency_seconds', 'grpc_server_msg_received_total', 'grpc_server_msg_sent_total']
          : []),
      ],
    },
    warnings,
  };
}
