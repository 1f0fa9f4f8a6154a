import type { Runtime } from './runtime';

/**
 * An HTTP model server with health routes: `/health/ready` responds with 200 once the model is loaded. MODEL_PATH is the path of
 * the model.
 */
export const http: Runtime = {
  name: 'http',
  ports: { http: 8080 },
  health: { ready: { path: '/health/ready' }, live: { path: '/health/live' } },
  env: ({ modelPath }) => ({ MODEL_PATH: modelPath }),
  metrics: {
    path: '/metrics',
    series: {
      running: { series: 'http_requests_in_progress', kind: 'gauge' },
      requestSeconds: { series: 'http_request_duration_seconds', kind: 'histogram' },
    },
  },
};
