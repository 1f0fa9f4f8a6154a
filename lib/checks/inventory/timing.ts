import { at, type Fields, fieldsAt, numberAt } from '../../kube/fields';
import { podsOf } from '../../kube/rollout';
import type { Container, Workload } from './inventory';

/** The probes of a container. */
export const PROBES = ['startupProbe', 'readinessProbe', 'livenessProbe'] as const;

/** How long a probe waits at most before it gives up, as the kubelet counts. */
export function patience(probe: Fields): number {
  return (
    (numberAt(probe, 'initialDelaySeconds') ?? 0) +
    (numberAt(probe, 'periodSeconds') ?? 10) * (numberAt(probe, 'failureThreshold') ?? 3)
  );
}

/** The longest time that a container may take from its start until it is ready, by its own probes. Nothing when no probe ends it. */
export function startupTimeout({ fields }: Container): number | undefined {
  if (fields.startupProbe !== undefined) return patience(fieldsAt(fields, 'startupProbe'));
  return fields.livenessProbe === undefined ? undefined : patience(fieldsAt(fields, 'livenessProbe'));
}

/** The shortest time after which a container can be ready, by its own probes. */
export function shortestStart({ fields }: Container): number {
  const delays = PROBES.filter((probe) => probe !== 'livenessProbe').map(
    (probe) => numberAt(fields, probe, 'initialDelaySeconds') ?? 0,
  );
  return delays.reduce((sum, delay) => sum + delay, 0);
}

/** How long a container waits before it is sent SIGTERM. */
export function drainDelay({ fields }: Container): number | undefined {
  const preStop = fieldsAt(fields, 'lifecycle', 'preStop');
  const sleep = numberAt(preStop, 'sleep', 'seconds');
  if (sleep !== undefined) return sleep;
  const command = at(preStop, 'exec', 'command');
  const text = Array.isArray(command) ? command.join(' ') : '';
  const seconds = /\bsleep (\d+)/.exec(text)?.[1];
  return seconds === undefined ? (Object.keys(preStop).length === 0 ? undefined : 0) : Number(seconds);
}

/** How long a pod has to stop. */
export function gracePeriod({ spec }: Workload): number {
  return numberAt(spec, 'terminationGracePeriodSeconds') ?? 30;
}

/** Pods that a rollout replaces at once. */
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
