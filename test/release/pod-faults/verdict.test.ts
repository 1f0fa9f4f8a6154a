import fc from 'fast-check';
import { expect, it } from 'vitest';
import { verdict } from '../../../lib/release/pod-faults/verdict';
import { at, container, deployment, ended, judge, NOON, pod, replicaSet, waiting, word } from '../readiness/objects';

const missing = waiting('ErrImagePull', 'not found');
const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };

it('judges by the new template’s pods alone', () => {
  expect(word(judge({ pods: [pod('old', 'rs-1', missing), pod('new', 'rs-2', ready)] }))).toBe('progressing Waiting');
  expect(word(judge({ pods: [pod('old', 'rs-1', ready), pod('new', 'rs-2', missing)] }))).toBe('failed ImageNotFound');
  expect(word(judge({ pods: [pod('new', 'rs-2', missing)], workload: deployment({ status: { observedGeneration: 1 } }) }))).toBe(
    'progressing NotObserved',
  );
});

it('puts what has failed before what is stalled, and that before what goes on; what says more before what says less', () => {
  const stuck = pod('stuck', 'rs-2', {
    conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', lastTransitionTime: at(0) }],
  });
  const [failed, starting, pulling] = [
    pod('failed', 'rs-2', missing),
    pod('starting', 'rs-2'),
    pod('pulling', 'rs-2', waiting('ErrImagePull', 'timed out')),
  ];
  expect(word(judge({ pods: [starting, pulling, stuck, failed] }))).toBe('failed ImageNotFound');
  expect(word(judge({ pods: [starting, pulling, stuck] }))).toBe('stalled Unschedulable');
  expect(word(judge({ pods: [starting, pulling] }))).toBe('progressing ImagePull');
});

it('counts the pods that have the same fault, and shows the one that had it first', () => {
  const late = pod('late', 'rs-2', { ...missing, startTime: at(20) });
  const early = pod('early', 'rs-2', { ...missing, startTime: at(10) });
  const { cause, since, evidence } = judge({ pods: [late, early, pod('fine', 'rs-2', ready)] });
  expect([cause.message, since, evidence.pod]).toEqual(['Image model:v2: not found (pods: 2/3)', at(10), 'early']);
});

it('leaves it to a Job how often its pods may fail, and still sees what cannot get better', () => {
  const job = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j', uid: 'j', generation: 1 } };
  const judged = (status: object) =>
    word(verdict({ workload: job, pods: [pod('p', 'j', { ...status })], replicaSets: [], events: [], now: NOON }));
  expect(judged(waiting('CrashLoopBackOff', '', { restartCount: 5, lastState: ended(1) }))).toBe('progressing CrashLoop');
  expect(judged(container(ended(10)))).toBe('progressing CrashLoop');
  expect(judged(missing)).toBe('failed ImageNotFound');
});

it('never fails for nothing, whatever the objects look like, and depends on nothing but its input', () => {
  fc.assert(
    fc.property(fc.object(), fc.object(), (status, event) => {
      const input = {
        workload: deployment(),
        pods: [{ ...pod('p', 'rs-2'), status }],
        replicaSets: [replicaSet(2)],
        events: [{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'e' }, ...event }],
        now: NOON,
      };
      expect(verdict(input).kind).toBe('progressing');
      expect(verdict(input)).toEqual(verdict(structuredClone(input)));
    }),
  );
});
