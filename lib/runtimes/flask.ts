import type { Runtime } from './runtime';

/** Settings for a Flask service. */
export interface FlaskOptions {
  /** Route that responds with 200 once the model is loaded. @default - none: probes only check whether the port is open */
  readonly healthPath?: string;
  /** Port of the container. @default 5000 */
  readonly port?: number;
}

/**
 * A Flask service. Without a health route, the probes only check the port, which proves nothing about
 * the model; this and Flask's development server cause warnings.
 * @see https://flask.palletsprojects.com/en/stable/deploying/
 */
export function flask(options: FlaskOptions = {}): Runtime {
  const { healthPath, port = 5000 } = options;
  const server = "Flask's own server (app.run) is for development: run the app under gunicorn or waitress";
  const noRoute = 'without a health route a pod counts as ready before its model is loaded: add one and set healthPath';
  return {
    name: 'flask',
    ports: { http: port },
    // Liveness checks the port in both cases: a route that waits for the model must not restart the container.
    health: { ready: healthPath === undefined ? { tcp: true } : { path: healthPath }, live: { tcp: true } },
    env: ({ modelPath }) => ({ MODEL_PATH: modelPath }),
    warnings: healthPath === undefined ? [server, noRoute] : [server],
  };
}
