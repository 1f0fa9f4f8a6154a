import { rows } from './table';

rows('v1', 'Pod', [
  ['podNoStatus', '', 'InProgress PodNotObserved'],
  ['podReady', 'status: {phase: Running, conditions: [{type: Ready, status: "True"}]}', 'Current PodReady'],
  [
    'podCompletedSuccessfully',
    'status: {phase: Succeeded, conditions: [{type: Ready, status: "False", reason: PodCompleted}]}',
    'Current PodSucceeded',
  ],
  [
    'podCompletedFailed has failed (kstatus: Current)',
    'status: {phase: Failed, conditions: [{type: Ready, status: "False", reason: PodCompleted}]}',
    'Failed PodFailed',
  ],
  [
    'evicted',
    'status: {phase: Failed, reason: Evicted, message: The node was low on resource}',
    'Failed Evicted',
    'The node was low on resource',
  ],
  [
    'podBeingScheduled',
    'status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable, message: 0/5 nodes}]}',
    'InProgress PodNotScheduled',
    '0/5 nodes',
  ],
  [
    'podUnschedulable waits for a node, the verdict says how long (kstatus: Failed after 15 s)',
    '{metadata: {creationTimestamp: "2020-01-01T00:00:00Z"}, status: {phase: Pending, conditions: [{type: PodScheduled, status: "False", reason: Unschedulable}]}}',
    'InProgress PodNotScheduled',
  ],
  [
    'podCrashLooping',
    'status: {phase: Running, conditions: [{type: Ready, status: "False"}], containerStatuses: [{name: a, state: {waiting: {reason: CrashLoopBackOff}}}, {name: b}]}',
    'Failed ContainerCrashLooping',
    'Crash looping: a',
  ],
  ['pending', '{spec: {containers: [{name: a}, {name: b}]}, status: {phase: Pending}}', 'InProgress PodPending', 'Started: 0/2'],
  [
    'running, not ready',
    'status: {phase: Running, conditions: [{type: Ready, status: "False", message: "containers with unready status: [a]"}]}',
    'InProgress PodRunningNotReady',
  ],
  ['on a silent node', 'status: {phase: Unknown}', 'Unknown PodPhaseUnknown'],
]);
