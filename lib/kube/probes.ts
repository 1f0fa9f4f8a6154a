/** How a kubelet asks a container: HTTP, or just whether the port accepts connections, or by a command. */
export type ProbeHandler = { readonly path: string } | { readonly tcp: true } | { readonly exec: readonly string[] };

/** What answers for one server. */
export interface HealthChecks {
  /** Ready for requests: the model is loaded. */
  readonly ready: ProbeHandler;
  /** Alive: a failure restarts the container. Must not be the same check as `ready`, or a busy server is killed instead of spared. */
  readonly live: ProbeHandler;
}

/** How often and how patiently the probes ask; seconds. */
export interface ProbeTiming {
  /** Time between two questions whether it is ready. @default 10 */
  readonly readyPeriod?: number;
  /** How many failures in a row take it out of service. @default 3 */
  readonly readyFailures?: number;
  /** Time between two questions whether it is alive. @default 30 */
  readonly livePeriod?: number;
  /** How many failures in a row restart it. @default 3 */
  readonly liveFailures?: number;
  /** Time that one answer may take. @default 2 */
  readonly timeout?: number;
}

const STARTUP_PERIOD = 5;

function handler(check: ProbeHandler, port: string): Record<string, unknown> {
  if ('path' in check) return { httpGet: { path: check.path, port } };
  if ('exec' in check) return { exec: { command: check.exec } };
  return { tcpSocket: { port } };
}

/**
 * The three probes of a container. The startup probe carries the whole start budget, so that the other two need no delay: a fast
 * start is served at once and a slow one is not killed. The budget is rounded up to whole periods.
 * @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export function probes(
  health: HealthChecks,
  port: string,
  startSeconds: number,
  timing: ProbeTiming = {},
): Record<string, unknown> {
  const timeoutSeconds = timing.timeout ?? 2;
  return {
    startupProbe: {
      ...handler(health.ready, port),
      periodSeconds: STARTUP_PERIOD,
      failureThreshold: Math.max(1, Math.ceil(startSeconds / STARTUP_PERIOD)),
      timeoutSeconds,
    },
    readinessProbe: {
      ...handler(health.ready, port),
      periodSeconds: timing.readyPeriod ?? 10,
      failureThreshold: timing.readyFailures ?? 3,
      timeoutSeconds,
    },
    livenessProbe: {
      ...handler(health.live, port),
      periodSeconds: timing.livePeriod ?? 30,
      failureThreshold: timing.liveFailures ?? 3,
      timeoutSeconds,
    },
  };
}
