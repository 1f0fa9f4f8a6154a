import { type Flag, flagArgs, flagProblems, NATURAL } from './flags';
import type { Runtime, ServerFacts } from './runtime';

/** Settings for the OpenVINO model server. */
export interface OpenvinoOptions {
  /** Version of the server. @default - unknown */
  readonly version?: `${number}.${number}.${string}` | `${number}.${number}`;
  /** Config file for several models. @default - one model */
  readonly configPath?: string;
  /** Inference device. @default 'CPU' */
  readonly targetDevice?: 'CPU' | 'GPU' | 'NPU' | 'AUTO';
  /** Whether models stream their answers, as language models do: routes then have no request timeout. @default false */
  readonly streams?: boolean;
  /** Number of concurrent inference requests. @default - chosen by the device */
  readonly nireq?: number;
  /** Additional arguments not covered by other options. @default - none */
  readonly extraArgs?: readonly string[];
}

/**
 * OpenVINO model server. It reads the model once, so a new version needs a release.
 *
 * @example
 * const runtime = openvino({ version: '2025.3' });
 * @see https://docs.openvino.ai/2025/model-server/ovms_docs_parameters.html
 * @see https://docs.openvino.ai/2025/model-server/ovms_docs_metrics.html
 */
export function openvino(options: OpenvinoOptions = {}): Runtime {
  const { version, extraArgs = [] } = options;
  return {
    name: 'openvino',
    ...(version === undefined ? {} : { version }),
    ports: { http: 8000, grpc: 9000 },
    health: { startup: { path: '/v2/health/ready' }, ready: { path: '/v2/health/ready' }, live: { path: '/v2/health/live' } },
    command: (facts) => ({ args: [...flagArgs(flags(options, facts)), ...extraArgs] }),
    drain: { before: '15s', finish: '30s', onTerm: 'refuses' },
    writableDirectories: ['/tmp', '/opt/cache'],
    user: { uid: 5000, gid: 5000 },
    streams: options.streams ?? false,
    metrics: {
      path: '/metrics',
      series: {
        queue: { series: 'ovms_infer_req_queue_size', kind: 'gauge' },
        running: { series: 'ovms_current_requests', kind: 'gauge' },
        cache: { series: 'ovms_infer_req_active', kind: 'gauge' },
        requestSeconds: {
          series: 'ovms_request_time_us',
          kind: 'histogram',
          query: (selector, by) =>
            `sum by (${by}) (rate(ovms_request_time_us_sum{${selector}}[1m])) / sum by (${by}) (rate(ovms_request_time_us_count{${selector}}[1m])) / 1e6`,
        },
        errors: { series: 'ovms_requests_fail', kind: 'counter' },
      },
      also: ['ovms_requests_success', 'ovms_wait_for_infer_req_time_us'],
    },
    problems: flagProblems('OpenVINO model server', version, flags(options, undefined), extraArgs),
  };
}

/** Optional metrics must be listed, and listing any disables the others. */
const METRICS = [
  'ovms_requests_success',
  'ovms_requests_fail',
  'ovms_request_time_us',
  'ovms_current_requests',
  'ovms_wait_for_infer_req_time_us',
  'ovms_infer_req_queue_size',
  'ovms_infer_req_active',
].join(',');

function flags(options: OpenvinoOptions, facts: ServerFacts | undefined): readonly Flag[] {
  const single = options.configPath === undefined;
  return [
    { flag: '--port', value: facts?.ports.grpc ?? 9000, option: 'version' },
    // The REST port is off by default (0).
    { flag: '--rest_port', value: facts?.ports.http ?? 8000, option: 'version' },
    { flag: '--model_name', value: single ? (facts?.modelName ?? 'model') : undefined, option: 'modelName' },
    { flag: '--model_path', value: single ? (facts?.modelPath ?? '/mnt/models') : undefined, option: 'model' },
    { flag: '--config_path', value: options.configPath, option: 'configPath' },
    { flag: '--target_device', value: single ? options.targetDevice : undefined, option: 'targetDevice' },
    { flag: '--nireq', value: single ? options.nireq : undefined, option: 'nireq', form: NATURAL },
    { flag: '--cache_dir', value: '/opt/cache', option: 'version' },
    { flag: '--file_system_poll_wait_seconds', value: 0, option: 'version' },
    { flag: '--metrics_enable', value: true, option: 'version' },
    { flag: '--metrics_list', value: METRICS, option: 'version' },
  ];
}
