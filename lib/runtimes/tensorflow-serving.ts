import { type Flag, flagArgs, flagProblems, NATURAL } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings for TensorFlow Serving. */
export interface TensorflowServingOptions {
  /** Version of TensorFlow Serving. @default - unknown */
  readonly version?: `${number}.${number}.${number}`;
  /** File with a `model_config_list`, for several models. @default - one model */
  readonly modelConfigFile?: string;
  /** File that enables Prometheus metrics (`prometheus_config { enable: true }`). @default - no metrics */
  readonly monitoringConfigFile?: string;
  /** Whether to batch requests. @default false */
  readonly batching?: boolean;
  /** File with batching parameters. @default - TensorFlow's own */
  readonly batchingParametersFile?: string;
  /** Request timeout in milliseconds. @default 30000 */
  readonly restApiTimeoutMs?: number;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * TensorFlow Serving. A model's directory has one sub-directory per version. It is read only once, so a new version always comes
 * with a release.
 *
 * @example
 * const runtime = tensorflowServing({ version: '2.19.1' });
 * @see https://www.tensorflow.org/tfx/serving/serving_config
 * @see https://github.com/tensorflow/serving/blob/master/tensorflow_serving/model_servers/main.cc
 */
export function tensorflowServing(options: TensorflowServingOptions = {}): Runtime {
  const { version, modelConfigFile, monitoringConfigFile, extraArgs = [] } = options;
  return {
    name: 'tensorflow-serving',
    ...(version === undefined ? {} : { version }),
    ports: { http: 8501, grpc: 8500 },
    // It has no health route; the port opens once its models have loaded or failed to load.
    health: { startup: { tcp: true }, ready: { tcp: true }, live: { tcp: true, port: 'grpc' } },
    // Status of one model: 404 until a version exists.
    modelHealth: (modelName) => {
      if (modelConfigFile !== undefined) return {};
      const route = { path: `/v1/models/${modelName}` };
      return { startup: route, ready: route };
    },
    command: (facts) => ({
      command: ['tensorflow_model_server'],
      args: [...flagArgs(flags(options, facts), 'equals'), ...extraArgs],
    }),
    drain: { before: '15s', finish: '30s', onTerm: 'drops' },
    writableDirectories: ['/tmp'],
    user: { uid: 1000, gid: 1000 },
    ...(monitoringConfigFile === undefined
      ? {}
      : {
          metrics: {
            path: '/monitoring/prometheus/metrics',
            series: {
              requestSeconds: {
                series: ':tensorflow:serving:request_latency',
                kind: 'histogram',
                query: (selector: string, by: string) =>
                  `sum by (${by}) (rate({__name__=":tensorflow:serving:request_latency_sum",${selector}}[1m])) / sum by (${by}) (rate({__name__=":tensorflow:serving:request_latency_count",${selector}}[1m])) / 1e6`,
              },
            },
            also: [':tensorflow:serving:request_count', ':tensorflow:serving:runtime_latency'],
          },
        }),
    warnings:
      modelConfigFile === undefined
        ? []
        : ['readiness checks only the port: TensorFlow Serving has no route that says whether all of its models are loaded'],
    problems: flagProblems('TensorFlow Serving', version, flags(options, undefined), extraArgs),
  };
}

function flags(options: TensorflowServingOptions, facts: ServerFacts | undefined): readonly Flag[] {
  const { modelConfigFile, monitoringConfigFile, batching, batchingParametersFile, restApiTimeoutMs } = options;
  const single = modelConfigFile === undefined;
  return [
    { flag: '--port', value: facts?.ports.grpc ?? 8500, option: 'version' },
    { flag: '--rest_api_port', value: facts?.ports.http ?? 8501, option: 'version' },
    { flag: '--model_name', value: single ? (facts?.modelName ?? 'model') : undefined, option: 'modelName' },
    { flag: '--model_base_path', value: single ? (facts?.modelPath ?? '/mnt/models') : undefined, option: 'model' },
    { flag: '--model_config_file', value: modelConfigFile, option: 'modelConfigFile' },
    { flag: '--monitoring_config_file', value: monitoringConfigFile, option: 'monitoringConfigFile' },
    { flag: '--enable_batching', value: batching, option: 'batching' },
    { flag: '--batching_parameters_file', value: batchingParametersFile, option: 'batchingParametersFile' },
    { flag: '--rest_api_timeout_in_ms', value: restApiTimeoutMs, option: 'restApiTimeoutMs', form: NATURAL },
    // Otherwise it would load a new directory at once, outside any release.
    { flag: '--file_system_poll_wait_seconds', value: 0, option: 'version' },
  ];
}
