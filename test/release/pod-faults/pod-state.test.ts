import { expect, it } from 'vitest';
import type { Finding } from '../../../lib/release/pod-faults/finding';
import { podState } from '../../../lib/release/pod-faults/pod-state';

const fault = (reason: string, kind: Finding['kind'] = 'progressing'): Finding => ({
  kind,
  cause: { reason, message: `about ${reason}` },
});

it.each([
  ['Unschedulable', 'scheduling'],
  ['SchedulingGated', 'scheduling'],
  ['ScalingUp', 'scheduling'],
  ['PullingImage', 'pulling'],
  ['ImagePull', 'pulling'],
  ['Starting', 'starting'],
  ['Volume', 'starting'],
  ['NotReady', 'loading'],
  ['ReadinessGate', 'loading'],
  ['Evicted', 'evicted'],
])('a pod with %s is %s, with what the cluster says', (reason, phase) => {
  expect(podState('p', fault(reason))).toEqual({ name: 'p', phase, message: `about ${reason}` });
});

it('is failing when waiting is of no use, whatever it is at, and ready when nothing keeps it', () => {
  expect(podState('p', fault('ImagePull', 'failed')).phase).toBe('failing');
  expect(podState('p', fault('Unschedulable', 'stalled')).phase).toBe('scheduling');
  expect(podState('p', undefined)).toEqual({ name: 'p', phase: 'ready', message: '' });
});
