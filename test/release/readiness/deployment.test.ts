import { rows } from './table';

const ok = 'observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1';
const progressing = '{type: Progressing, status: "True", reason: NewReplicaSetAvailable}';
const available = '{type: Available, status: "True"}';

rows('apps/v1', 'Deployment', [
  ['depNoStatus', '', 'InProgress LessReplicas', 'Replicas: 0/1'],
  ['depOK', `status: {${ok}, conditions: [${progressing}, ${available}]}`, 'Current', 'Available: 1/1'],
  [
    'depNotProgressing',
    `{spec: {progressDeadlineSeconds: 45}, status: {${ok}, conditions: [{type: Progressing, status: "False", reason: Some reason}, ${available}]}}`,
    'InProgress ReplicaSetNotAvailable',
  ],
  ['depNoProgressDeadlineSeconds', `status: {${ok}, conditions: [${available}]}`, 'Current'],
  [
    'depNotAvailable',
    `status: {${ok}, conditions: [${progressing}, {type: Available, status: "False"}]}`,
    'InProgress DeploymentNotAvailable',
  ],
  [
    'progress deadline exceeded',
    `{spec: {replicas: 3, progressDeadlineSeconds: 600}, status: {observedGeneration: 1, conditions: [{type: Progressing, status: "False", reason: ProgressDeadlineExceeded, message: ReplicaSet "x" has timed out}]}}`,
    'Failed ProgressDeadlineExceeded',
    'ReplicaSet "x" has timed out',
  ],
  [
    'fewer updated',
    `{spec: {replicas: 3}, status: {observedGeneration: 1, replicas: 3, updatedReplicas: 1}}`,
    'InProgress LessUpdated',
    'Updated: 1/3',
  ],
  [
    'old pods are left',
    `{spec: {replicas: 3}, status: {observedGeneration: 1, replicas: 5, updatedReplicas: 3}}`,
    'InProgress ExtraPods',
    'Pending termination: 2',
  ],
  [
    'fewer available, which comes before fewer ready',
    `{spec: {replicas: 3}, status: {observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 1, availableReplicas: 2}}`,
    'InProgress LessAvailable',
    'Available: 2/3',
  ],
  [
    'fewer ready',
    `{spec: {replicas: 3}, status: {observedGeneration: 1, replicas: 3, updatedReplicas: 3, readyReplicas: 1, availableReplicas: 3}}`,
    'InProgress LessReady',
    'Ready: 1/3',
  ],
  [
    'generation not observed',
    `{metadata: {generation: 3}, status: {${ok}, observedGeneration: 2, conditions: [${available}]}}`,
    'InProgress LatestGenerationNotObserved',
    'Observed generation: 2/3',
  ],
  [
    'scaled to 0',
    `{spec: {replicas: 0}, status: {observedGeneration: 1, conditions: [${available}]}}`,
    'Current',
    'Available: 0/0',
  ],
  [
    'scaled to 0, not looked at',
    '{spec: {replicas: 0}, status: {conditions: [{type: Available, status: "True"}]}}',
    'InProgress NoObservedGeneration',
  ],
]);
