import { rows } from './table';

rows('v1', 'Namespace', [
  ['nothing yet', '', 'InProgress NotActive'],
  ['active', 'status: {phase: Active}', 'Current'],
  [
    'going',
    '{metadata: {deletionTimestamp: "2026-01-01T00:00:00Z"}, spec: {finalizers: [kubernetes]}, status: {phase: Terminating}}',
    'Terminating',
  ],
]);
