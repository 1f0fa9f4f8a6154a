import { rows } from './table';

const ok = 'observedGeneration: 1, currentReplicas: 4, readyReplicas: 4, replicas: 4';

rows('apps/v1', 'StatefulSet', [
  ['stsNoStatus', '', 'InProgress LessReplicas'],
  ['stsBadStatus', 'status: {observedGeneration: 1, currentReplicas: 1}', 'InProgress LessReplicas', 'Replicas: 0/1'],
  ['stsOK', `{spec: {replicas: 4}, status: {${ok}}}`, 'Current', 'Ready: 4/4'],
  ['stsLessReady', `{spec: {replicas: 4}, status: {${ok}, readyReplicas: 2}}`, 'InProgress LessReady', 'Ready: 2/4'],
  ['stsLessCurrent', `{spec: {replicas: 4}, status: {${ok}, currentReplicas: 2}}`, 'InProgress LessCurrent', 'Current: 2/4'],
  ['stsExtraPods', `{spec: {replicas: 4}, status: {${ok}, replicas: 8}}`, 'InProgress ExtraPods', 'Pending termination: 4'],
  ['OnDelete', '{spec: {replicas: 4, updateStrategy: {type: OnDelete}}}', 'Current'],
  [
    'partition, not far enough',
    `{spec: {replicas: 4, updateStrategy: {rollingUpdate: {partition: 1}}}, status: {${ok}, updatedReplicas: 2}}`,
    'InProgress PartitionRollout',
    'Updated: 2/3',
  ],
  [
    'partition, done',
    `{spec: {replicas: 4, updateStrategy: {rollingUpdate: {partition: 1}}}, status: {${ok}, updatedReplicas: 3, currentReplicas: 1}}`,
    'Current',
  ],
  [
    'partition 0, which the API server fills in',
    `{spec: {replicas: 4, updateStrategy: {rollingUpdate: {partition: 0}}}, status: {${ok}, updatedReplicas: 3}}`,
    'InProgress PartitionRollout',
    'Updated: 3/4',
  ],
  [
    'another revision is on its way',
    `{spec: {replicas: 4}, status: {${ok}, currentRevision: a, updateRevision: b}}`,
    'InProgress RevisionMismatch',
    'Waiting for revision b',
  ],
  [
    'not available for long enough',
    `{spec: {replicas: 4, minReadySeconds: 10}, status: {${ok}, availableReplicas: 1}}`,
    'InProgress LessAvailable',
    'Available: 1/4',
  ],
  [
    'ready, but of what the controller has not looked at',
    `{metadata: {generation: 2}, spec: {replicas: 4}, status: {${ok}}}`,
    'InProgress LatestGenerationNotObserved',
  ],
  ['scaled to 0, not looked at', '{spec: {replicas: 0}}', 'InProgress NoObservedGeneration'],
]);
