import { describe } from 'vitest';
import { rows } from './table';

describe('a custom resource', () =>
  rows('custom.io/v1', 'Foo', [
    ['crdNoStatus', '', 'Current', 'Exists'],
    ['crdReady', 'status: {conditions: [{type: Ready, status: "True"}]}', 'Current', 'Ready'],
    [
      'crdNotReady',
      'status: {conditions: [{type: Ready, status: "False", reason: NotReadyYet, message: soon}]}',
      'InProgress NotReadyYet',
      'soon',
    ],
    ['crdNoCondition', 'status: {conditions: [{type: SomeCondition, status: "False"}]}', 'Current'],
    ['ready is unknown', 'status: {conditions: [{type: Ready, status: Unknown}]}', 'InProgress NotReady'],
    [
      'crdMismatchStatusGeneration',
      '{metadata: {generation: 2}, status: {observedGeneration: 1}}',
      'InProgress LatestGenerationNotObserved',
    ],
    [
      'generation as text',
      '{metadata: {generation: 12}, status: {observedGeneration: "9"}}',
      'InProgress LatestGenerationNotObserved',
    ],
    ['generation as text, the same', '{metadata: {generation: 12}, status: {observedGeneration: "12"}}', 'Current'],
    ['generation as a word', '{metadata: {generation: 12}, status: {observedGeneration: abc}}', 'Current'],
    [
      'ready, but of an earlier generation',
      '{metadata: {generation: 2}, status: {conditions: [{type: Ready, status: "True", observedGeneration: 1}]}}',
      'InProgress LatestGenerationNotObserved',
    ],
    [
      'reconciling wins',
      'status: {conditions: [{type: Reconciling, status: "True", reason: Busy}, {type: Ready, status: "True"}]}',
      'InProgress Busy',
      'Reconciling',
    ],
    [
      'stalled wins',
      'status: {conditions: [{type: Stalled, status: "True", reason: Stuck, message: m}, {type: Ready, status: "True"}]}',
      'Failed Stuck',
      'm',
    ],
    ['neither', 'status: {conditions: [{type: Stalled, status: "False"}, {type: Reconciling, status: "False"}]}', 'Current'],
    [
      'being deleted, which wins over everything, names who holds it',
      '{metadata: {deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: [a/b]}, status: {conditions: [{type: Stalled, status: "True"}]}}',
      'Terminating Terminating',
      'Deleted at 2026-01-01T00:00:00Z, waiting for a/b',
    ],
    [
      'older than what was applied',
      'status: {observedGeneration: 1}',
      'InProgress LatestGenerationNotObserved',
      'Observed generation: 1/2',
      { generation: 2 },
    ],
    [
      'a cached object from before the apply',
      '',
      'InProgress LatestGenerationNotObserved',
      'Observed generation: 1/2',
      { generation: 2 },
    ],
    [
      'newer than what was applied',
      '{metadata: {generation: 3}, status: {observedGeneration: 3}}',
      'Current',
      'Exists',
      { generation: 2 },
    ],
    ['a status of nonsense', 'status: {conditions: nonsense, observedGeneration: {}}', 'Current'],
  ]));

describe('kinds that are there as soon as they exist', () => {
  for (const [apiVersion, kind] of [
    ['v1', 'ConfigMap'],
    ['batch/v1', 'CronJob'],
    ['networking.k8s.io/v1', 'Ingress'],
    ['autoscaling/v2', 'HorizontalPodAutoscaler'],
    ['v1', 'Endpoints'],
  ] as const) {
    describe(kind, () =>
      rows(apiVersion, kind, [
        ['with or without a status', 'status: {conditions: [{type: ScalingActive, status: "False"}]}', 'Current'],
      ]),
    );
  }
  describe('PodDisruptionBudget', () =>
    rows('policy/v1', 'PodDisruptionBudget', [
      [
        'pdbNotObserved',
        '{metadata: {generation: 2}, status: {observedGeneration: 1}}',
        'InProgress LatestGenerationNotObserved',
      ],
      ['pdbObserved', '{metadata: {generation: 2}, status: {observedGeneration: 2}}', 'Current'],
    ]));
});

describe('a kind of the same name in another group has no rule', () =>
  rows('example.org/v1', 'Deployment', [['exists', '', 'Current']]));
