import { rows } from './table';

const suspended = (spec: boolean, condition: string) =>
  `{spec: {suspend: ${spec}}, status: {active: 1, startTime: "2026-01-01T00:00:00Z", conditions: [{type: Suspended, status: "${condition}"}]}}`;

rows('batch/v1', 'Job', [
  ['jobNoStatus', '', 'InProgress JobNotStarted'],
  [
    'jobComplete',
    'status: {succeeded: 1, conditions: [{type: Complete, status: "True"}]}',
    'Current JobComplete',
    'Succeeded: 1/1',
  ],
  [
    'jobFailed',
    '{spec: {completions: 4}, status: {succeeded: 3, failed: 1, conditions: [{type: Failed, status: "True", reason: BackoffLimitExceeded}]}}',
    'Failed JobFailed',
    'Succeeded: 3/4, failed: 1 (BackoffLimitExceeded)',
  ],
  [
    'jobInProgress: what is waited for is its end (kstatus: Current)',
    'status: {startTime: "2026-01-01T00:00:00Z", active: 2, conditions: [{type: Failed, status: "False"}, {type: Complete, status: "False"}]}',
    'InProgress JobInProgress',
    'Succeeded: 0/1, active: 2, failed: 0',
  ],
  ['suspended', suspended(true, 'True'), 'Current JobSuspended'],
  ['suspending', suspended(true, 'False'), 'InProgress JobSuspending'],
  ['resuming', suspended(false, 'True'), 'InProgress JobResuming'],
  ['resumed', suspended(false, 'False'), 'InProgress JobInProgress'],
  [
    'null completions',
    '{spec: {completions: null, parallelism: 2}, status: {succeeded: 1, conditions: [{type: Complete, status: "True"}]}}',
    'Current',
  ],
]);
