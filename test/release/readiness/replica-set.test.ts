import { rows } from './table';

const ok = 'observedGeneration: 1, replicas: 2, fullyLabeledReplicas: 2, availableReplicas: 2, readyReplicas: 2';
const four = 'observedGeneration: 1, replicas: 4, fullyLabeledReplicas: 4, availableReplicas: 4, readyReplicas: 4';

rows('apps/v1', 'ReplicaSet', [
  ['rsNoStatus', '', 'InProgress LessLabelled', 'Labelled: 0/1'],
  ['rsOK1', `{spec: {replicas: 2}, status: {${ok}, conditions: [{type: ReplicaFailure, status: "False"}]}}`, 'Current'],
  ['rsOK2', `{spec: {replicas: 2}, status: {${ok}}}`, 'Current', 'Ready: 2/2'],
  [
    'rsLessAvailable',
    `{spec: {replicas: 4}, status: {${four}, availableReplicas: 2}}`,
    'InProgress LessAvailable',
    'Available: 2/4',
  ],
  ['rsLessReady', `{spec: {replicas: 4}, status: {${four}, readyReplicas: 2}}`, 'InProgress LessReady', 'Ready: 2/4'],
  [
    'rsReplicaFailure',
    `{spec: {replicas: 4}, status: {${four}, conditions: [{type: ReplicaFailure, status: "True", message: exceeded quota}]}}`,
    'InProgress ReplicaFailure',
    'exceeded quota',
  ],
  ['too many', `{spec: {replicas: 1}, status: {${ok}}}`, 'InProgress ExtraPods', 'Pending termination: 1'],
  ['scaled to 0, not looked at', '{spec: {replicas: 0}}', 'InProgress NoObservedGeneration'],
]);
