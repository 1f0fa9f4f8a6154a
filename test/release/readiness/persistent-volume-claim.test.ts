import { rows } from './table';

rows('v1', 'PersistentVolumeClaim', [
  ['pvcNoStatus', '', 'InProgress NotBound'],
  ['pvcBound', '{spec: {volumeName: pv-1}, status: {phase: Bound}}', 'Current Bound', 'Bound: pv-1'],
  ['pending, and its class is not known', 'status: {phase: Pending}', 'Current WaitsForConsumer'],
  [
    'pending, and its class waits for a consumer',
    'status: {phase: Pending}',
    'Current WaitsForConsumer',
    undefined,
    { bindingMode: 'WaitForFirstConsumer' },
  ],
  [
    'pending, and its class binds at once',
    'status: {phase: Pending}',
    'InProgress NotBound',
    'Phase: Pending',
    { bindingMode: 'Immediate' },
  ],
  [
    'pending, and its consumer has a node',
    '{metadata: {annotations: {volume.kubernetes.io/selected-node: n}}, status: {phase: Pending}}',
    'InProgress NotBound',
  ],
  ['lost', '{spec: {volumeName: pv-1}, status: {phase: Lost}}', 'Failed Lost'],
]);
