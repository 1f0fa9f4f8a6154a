import type { Runtime } from './runtime';

/** An HTTP model server with health routes, as the first article has it: `/health/ready` answers 200 once the model is loaded. */
export const http: Runtime = {
  name: 'http',
  port: 8080,
  health: { ready: { path: '/health/ready' }, live: { path: '/health/live' } },
  metricsPath: '/metrics',
  scalingMetrics: ['http_requests_in_progress'],
  modelPathVariable: 'MODEL_PATH',
  writableDirectories: ['/tmp'],
  warnings: [],
};
