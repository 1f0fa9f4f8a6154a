import { rows } from './table';

const ok =
  'observedGeneration: 1, desiredNumberScheduled: 4, currentNumberScheduled: 4, updatedNumberScheduled: 4, numberAvailable: 4, numberReady: 4';

rows('apps/v1', 'DaemonSet', [
  ['dsNoStatus', '', 'InProgress NoObservedGeneration'],
  ['dsBadStatus', 'status: {observedGeneration: 1}', 'InProgress NoDesiredNumber'],
  ['dsOK', `status: {${ok}}`, 'Current', 'Ready: 4/4'],
  ['dsDifferentGeneration', `{metadata: {generation: 2}, status: {${ok}}}`, 'InProgress LatestGenerationNotObserved'],
  ['dsLessReady', `status: {${ok}, numberReady: 2}`, 'InProgress LessReady', 'Ready: 2/4'],
  ['dsLessAvailable', `status: {${ok}, numberAvailable: 2}`, 'InProgress LessAvailable', 'Available: 2/4'],
  ['no generation', `{metadata: {generation: null}, status: {observedGeneration: 1}}`, 'InProgress NoGeneration'],
  ['fewer current', `status: {${ok}, currentNumberScheduled: 1}`, 'InProgress LessCurrent', 'Current: 1/4'],
  ['fewer updated', `status: {${ok}, updatedNumberScheduled: 1}`, 'InProgress LessUpdated', 'Updated: 1/4'],
  [
    'fewer updated, which is what OnDelete means',
    `{spec: {updateStrategy: {type: OnDelete}}, status: {${ok}, updatedNumberScheduled: 1}}`,
    'Current',
  ],
  ['no node wants it', 'status: {observedGeneration: 1, desiredNumberScheduled: 0}', 'Current', 'Ready: 0/0'],
]);
