import { at, type Fields, fieldsAt, numberAt } from '../../kube/fields';
import { podsOf } from '../../kube/rollout';
import type { Container, Workload } from './inventory';

/** Probes of a container. */
export const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** Maximum time before a probe fails, as the kubelet counts it. */
export function patience(probe: Fields): number {
  return (
    (numberAt(probe, 'initialDelaySeconds') ?? 0) +
    (numberAt(probe, 'periodSeconds') ?? 10) * (numberAt(probe, 'failureThreshold') ?? 3)
  );
}

/** Maximum time from a container's start to ready, according to its probes. Undefined if no probe limits it. */
export function startupTimeout({ fields }: Container): number | undefined {
  if (fields.startupProbe !== undefined) return patience(fieldsAt(fields, 'startupProbe'));
  return fields.livenessProbe === undefined ? undefined : patience(fieldsAt(fields, 'livenessProbe'));
}

/** Minimum time until a container can be ready, according to its probes. */
export function shortestStart({ fields }: Container): number {
  const delays = PROBES.filter((probe) => probe !== 'livenessProbe').map(
    (probe) => numberAt(fields, probe, 'initialDelaySeconds') ?? 0,
  );
  return delays.reduce((sum, delay) => sum + delay, 0);
}

/** Time before a container receives SIGTERM. */
export function drainDelay({ fields }: Container): number | undefined {
  const preStop = fieldsAt(fields, 'lifecycle', 'preStop');
  const sleep = numberAt(preStop, 'sleep', 'seconds');
  if (sleep !== undefined) return sleep;
  const command = at(preStop, 'exec', 'command');
  const text = Array.isArray(command) ? command.join(' ') : '';
  const seconds = /\bsleep (\d+)/.exec(text)?.[1];
  return seconds === undefined ? (Object.keys(preStop).length === 0 ? undefined : 0) : Number(seconds);
}

/** Grace period of a pod. */
export function gracePeriod({ spec }: Workload): number {
  return numberAt(spec, 'terminationGracePeriodSeconds') ?? 30;
}

/** Number of pods that a rollout replaces at once. */
export function rolloutStep(workload: Workload, pods: number): number {
  const { object } = workload;
  if (at(object, 'spec', 'strategy', 'type') === 'Recreate') return pods;
  if (object.kind === 'StatefulSet') return 1;
  const rolling = fieldsAt(object, 'spec', 'strategy', 'rollingUpdate');
  return Math.max(
    1,
    podsOf(rolling.maxSurge ?? '25%', pods, Math.ceil) + podsOf(rolling.maxUnavailable ?? '25%', pods, Math.floor),
  );
}
