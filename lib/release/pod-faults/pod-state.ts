import type { PodPhase, PodState } from '../model/pod-state';
import type { Finding } from './finding';

const PHASES: Readonly<Record<string, PodPhase>> = {
  Unschedulable: 'scheduling',
  SchedulingGated: 'scheduling',
  ScalingUp: 'scheduling',
  PullingImage: 'pulling',
  ImagePull: 'pulling',
  NotReady: 'loading',
  ReadinessGate: 'loading',
  Evicted: 'evicted',
};

/** The state of a pod, derived from what prevents it from becoming ready. */
export function podState(name: string, fault: Finding | undefined): PodState {
  if (fault === undefined) return { name, phase: 'ready', message: '' };
  const phase = fault.kind === 'failed' ? 'failing' : (PHASES[fault.cause.reason] ?? 'starting');
  return { name, phase, message: fault.cause.message };
}
