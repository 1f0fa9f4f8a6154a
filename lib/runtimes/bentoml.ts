import { inVersion } from './metrics';
import type { Runtime } from './runtime';

/** Settings for a BentoML service. */
export interface BentomlOptions {
  /** Version of BentoML in the image. @default - unknown */
  readonly version?: `${number}.${number}.${number}`;
  /**
   * Service to start, `service:Fraud`, if the image was not built by `bentoml containerize`.
   * @default - the image's own entry point
   */
  readonly service?: string;
  /** Directory of the service, if the image was not built by `bentoml containerize`. @default - the image's working directory */
  readonly directory?: string;
  /** Maximum seconds per request; longer streams are cut. @default 60 */
  readonly timeoutSeconds?: number;
  /** Numeric user of the image. @default 1034, the user of `bentoml containerize` */
  readonly user?: { readonly uid: number; readonly gid: number };
}

const HOME = '/tmp/bentoml';

/**
 * Must exceed the idle timeout of proxies: a server that closes an idle connection first, after 5 seconds by default, loses a
 * request that arrives at the same moment.
 */
const KEEP_ALIVE_SECONDS = 75;

/**
 * A BentoML service, as built by `bentoml containerize`.
 *
 * @example
 * const runtime = bentoml({ version: '1.4.25' });
 * @see https://docs.bentoml.com/en/latest/build-with-bentoml/observability/metrics.html
 * @see https://docs.bentoml.com/en/latest/reference/bentoml/configurations.html
 */
export function bentoml(options: BentomlOptions = {}): Runtime {
  const { version, service, directory, timeoutSeconds = 60, user = { uid: 1034, gid: 1034 } } = options;
  const keepsConnections = version !== undefined && inVersion(version, { since: '1.4.0' });
  return {
    name: 'bentoml',
    ...(version === undefined ? {} : { version }),
    ports: { http: 3000 },
    health: { startup: { path: '/readyz' }, ready: { path: '/readyz' }, live: { path: '/livez' } },
    ...(service === undefined
      ? {}
      : {
          command: ({ ports }) => ({
            command: ['bentoml', 'serve', service],
            args: [
              ...['--host', '0.0.0.0', '--port', String(ports.http), '--timeout', String(timeoutSeconds)],
              ...(keepsConnections ? ['--timeout-keep-alive', String(KEEP_ALIVE_SECONDS)] : []),
              ...(directory === undefined ? [] : ['--working-dir', directory]),
            ],
          }),
        }),
    env: ({ modelPath, ports }) => ({
      MODEL_PATH: modelPath,
      BENTOML_HOME: HOME,
      BENTOML_PORT: ports.http,
      BENTOML_HOST: '0.0.0.0',
      BENTOML_HF_CACHE_DIR: `${HOME}/hf-models`,
      BENTOML_DO_NOT_TRACK: 'True',
      HOME,
      // Processes write their counters to files in this directory.
      PROMETHEUS_MULTIPROC_DIR: `${HOME}/prometheus`,
    }),
    // Its supervisor kills the workers 30 s after SIGTERM in any case; the longest request must fit into the time before and
    // after SIGTERM.
    drain: { before: `${Math.max(15, timeoutSeconds - 30)}s`, finish: '30s', onTerm: 'refuses' },
    writableDirectories: ['/tmp'],
    user,
    metrics: {
      path: '/metrics',
      series: {
        running: { series: 'bentoml_service_request_in_progress', kind: 'gauge' },
        requestSeconds: { series: 'bentoml_service_request_duration_seconds', kind: 'histogram' },
        errors: {
          series: 'bentoml_service_request_total',
          kind: 'counter',
          matchers: 'http_response_code=~"5.."',
        },
      },
      also: ['bentoml_service_last_request_timestamp_seconds'],
    },
    ...(timeoutSeconds > 300 ? { streams: true } : {}),
  };
}
