import type { ProbeFields } from './api-types';

/** A container health check: HTTP, an open port, gRPC's health service, or a command. Ports are named; `http` by default. */
export type ProbeHandler =
  | {
      /** Route that must respond with a status below 400. */
      readonly path: string;
      /** Name of the port. @default 'http', for gRPC 'grpc' */
      readonly port?: string;
    }
  | {
      /** Whether the port must accept connections. */
      readonly tcp: true;
      /** Name of the port. @default 'http', for gRPC 'grpc' */
      readonly port?: string;
    }
  | {
      /** Name of the gRPC service to check; the empty string is the whole server. */
      readonly grpc: string;
      /** Name of the port. @default 'http', for gRPC 'grpc' */
      readonly port?: string;
    }
  | { readonly exec: readonly string[] };

/** Health checks of one server. */
export interface HealthChecks {
  /** Started: the model is loaded. @default - the same as `ready` */
  readonly startup?: ProbeHandler;
  /** Ready for requests. */
  readonly ready: ProbeHandler;
  /** Alive: a failure restarts the container. Must differ from `ready`, or a busy server is killed instead of spared. */
  readonly live: ProbeHandler;
}

/** Periods and failure limits of the probes; times in seconds. */
export interface ProbeTiming {
  /** Time before the startup probe's first check. @default 0 */
  readonly startupDelay?: number;
  /** Time between checks of a starting container. @default 5 */
  readonly startupPeriod?: number;
  /** Time between readiness checks. @default 10 */
  readonly readyPeriod?: number;
  /** Consecutive failures that take it out of service. @default 3 */
  readonly readyFailures?: number;
  /** Time between liveness checks. @default 30 */
  readonly livePeriod?: number;
  /** Consecutive failures that restart it. @default 3 */
  readonly liveFailures?: number;
  /** Timeout of one response. @default 2 */
  readonly timeout?: number;
}

/** The three probes of a container. */
export interface Probes {
  readonly startupProbe: ProbeFields;
  readonly readinessProbe: ProbeFields;
  readonly livenessProbe: ProbeFields;
}

const STARTUP_PERIOD = 5;

function handler(check: ProbeHandler, ports: Readonly<Record<string, number>>): ProbeFields {
  if ('exec' in check) return { exec: { command: check.exec } };
  // The API takes a number for gRPC and a name for the others.
  if ('grpc' in check) {
    const port = ports[check.port ?? 'grpc'] ?? 0;
    return { grpc: { port, ...(check.grpc === '' ? {} : { service: check.grpc }) } };
  }
  const port = check.port ?? 'http';
  return 'path' in check ? { httpGet: { path: check.path, port } } : { tcpSocket: { port } };
}

/** The named port of a check; undefined for a command. */
export function probedPort(check: ProbeHandler): string | undefined {
  if ('exec' in check) return undefined;
  return check.port ?? ('grpc' in check ? 'grpc' : 'http');
}

/**
 * The three probes of a container. The startup probe covers the whole startup timeout, so the other two need no delay: a fast
 * start is served at once and a slow one is not killed. The timeout is rounded up to whole periods.
 * @see https://kubernetes.io/docs/concepts/configuration/liveness-readiness-startup-probes/
 */
export function probes(
  health: HealthChecks,
  ports: Readonly<Record<string, number>>,
  startSeconds: number,
  timing: ProbeTiming = {},
): Probes {
  const timeoutSeconds = timing.timeout ?? 2;
  const { startupDelay = 0, startupPeriod = STARTUP_PERIOD } = timing;
  return {
    startupProbe: {
      ...handler(health.startup ?? health.ready, ports),
      ...(startupDelay === 0 ? {} : { initialDelaySeconds: startupDelay }),
      periodSeconds: startupPeriod,
      failureThreshold: Math.max(1, Math.ceil((startSeconds - startupDelay) / startupPeriod)),
      timeoutSeconds,
    },
    readinessProbe: {
      ...handler(health.ready, ports),
      periodSeconds: timing.readyPeriod ?? 10,
      failureThreshold: timing.readyFailures ?? 3,
      timeoutSeconds,
    },
    livenessProbe: {
      ...handler(health.live, ports),
      periodSeconds: timing.livePeriod ?? 30,
      failureThreshold: timing.liveFailures ?? 3,
      timeoutSeconds,
    },
  };
}
