import type { Runtime } from './runtime';

/** Settings for Ray Serve. */
export interface RayServeOptions {
  /** Version of Ray in the image. */
  readonly version: `${number}.${number}.${number}`;
  /** Whether applications stream their responses: routes then have no request timeout. @default false */
  readonly streams?: boolean;
  /** Numeric user of the image. @default 1000 and group 100, as in `rayproject/ray` */
  readonly user?: { readonly uid: number; readonly gid: number };
}

/**
 * Ray Serve on a dedicated cluster that KubeRay's operator creates: see `RayServer`. Ray scales its deployments itself; their
 * series are for dashboards and alerts.
 *
 * @example
 * const runtime = rayServe({ version: '2.54.0' });
 * @see https://github.com/ray-project/kuberay/blob/master/ray-operator/controllers/ray/utils/constant.go
 * @see https://docs.ray.io/en/latest/serve/monitoring.html
 */
export function rayServe(options: RayServeOptions): Runtime {
  const { version, streams = false, user = { uid: 1000, gid: 100 } } = options;
  return {
    name: 'ray-serve',
    version,
    ports: { http: 8000, metrics: 8080, dashboard: 8265, gcs: 6379, client: 10_001 },
    health: { ready: { path: '/-/healthz' }, live: { tcp: true, port: 'gcs' } },
    env: () => ({ HOME: '/tmp/home', RAY_USAGE_STATS_ENABLED: 0 }),
    drain: { before: '15s', finish: '60s', onTerm: 'refuses' },
    startupTimeout: '30m',
    writableDirectories: ['/tmp'],
    user,
    streams,
    metrics: {
      path: '/metrics',
      port: 'metrics',
      series: {
        queue: { series: 'ray_serve_deployment_queued_queries', kind: 'gauge' },
        running: { series: 'ray_serve_num_ongoing_requests_at_replicas', kind: 'gauge' },
        requestSeconds: {
          series: 'ray_serve_deployment_processing_latency_ms',
          kind: 'histogram',
          query: (selector, by) =>
            `sum by (${by}) (rate(ray_serve_deployment_processing_latency_ms_sum{${selector}}[1m])) / sum by (${by}) (rate(ray_serve_deployment_processing_latency_ms_count{${selector}}[1m])) / 1e3`,
        },
      },
      also: ['ray_serve_replica_processing_queries'],
    },
  };
}
