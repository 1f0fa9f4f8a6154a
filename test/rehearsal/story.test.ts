import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { FAILURES, type FailureKind, type SimulationEvent, type StageOptions, simulate, testRelease } from '../../lib/testing';
import { sampleObjects } from '../harness/project';

/** A whole story in virtual time. */
async function play(objects: readonly KubeObject[], fail?: FailureKind, options: StageOptions = {}) {
  const events: SimulationEvent[] = [];
  const progress = simulate(await testRelease(objects, options), fail);
  for (let step = await progress.next(); ; step = await progress.next()) {
    if (step.done === true) {
      const outcomes = events.flatMap((event) => (event.type === 'result' ? [event.result.outcome] : []));
      return { events, outcomes, unexpected: step.value };
    }
    events.push(step.value);
  }
}

describe('a rehearsal', () => {
  it.each(['dev', 'staging', 'prod'].flatMap((env) => ['fraud-model', 'ml-serving-stack'].map((stack) => [env, stack] as const)))(
    'of %s %s ends as it should',
    async (env, stack) => {
      const { outcomes, unexpected } = await play(sampleObjects(env, stack));
      expect([outcomes, unexpected]).toEqual([
        ['succeeded', 'succeeded', 'rejected', stack === 'fraud-model' ? 'rolled-back' : 'rejected', 'succeeded'],
        undefined,
      ]);
    },
  );

  it('of a stack without a gate leaves the failing gate out', async () => {
    const { outcomes, unexpected } = await play(sampleObjects('dev', 'my-model'));
    expect([outcomes, unexpected]).toEqual([['succeeded', 'succeeded', 'rolled-back', 'succeeded'], undefined]);
    await expect(play(sampleObjects('dev', 'my-model'), 'gate')).rejects.toThrow(/no gate that could fail.*USAGE/);
  });

  // Those of canaries need a strategy: traffic.test.ts plays them.
  it.each(FAILURES.filter((kind) => !kind.startsWith('canary-')))(
    'with the failure %s only ends as it should, in every environment',
    async (kind) => {
      for (const env of ['dev', 'staging', 'prod']) {
        const { unexpected, outcomes } = await play(sampleObjects(env, 'fraud-model'), kind);
        expect([env, outcomes, unexpected]).toEqual([env, ['succeeded', OUTCOMES[kind]], undefined]);
      }
    },
  );

  it.each(['image', 'crash', 'unready'] as const)(
    'with the failure %s ends at the candidate, where a gate asks one',
    async (kind) => {
      const { unexpected, outcomes } = await play(sampleObjects('dev', 'ml-serving-stack'), kind);
      expect([outcomes, unexpected]).toEqual([['succeeded', 'rejected'], undefined]);
    },
  );

  it('says which outcome was not as it should be, and stops there', async () => {
    const wrong = sampleObjects('staging', 'fraud-model').map((object) =>
      object.kind === 'Deployment'
        ? { ...object, spec: { ...(object.spec as object), selector: { matchLabels: { a: 'b' } } } }
        : object,
    );
    const { outcomes, unexpected } = await play(wrong);
    expect([outcomes, unexpected]).toEqual([['refused'], 'refused']);
  });

  it('leaves custom resources out, and says so', async () => {
    const monitor = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', metadata: { name: 'm' }, spec: {} };
    const { events, unexpected } = await play([...sampleObjects('dev', 'my-model'), monitor]);
    expect(events[0]).toEqual({ type: 'note', text: 'PodMonitor/m is left out: the sandbox has no custom resources' });
    expect(unexpected).toBeUndefined();
  });
});

const OUTCOMES: Readonly<Record<FailureKind, string>> = {
  gate: 'rejected',
  image: 'rolled-back',
  crash: 'rolled-back',
  unready: 'rolled-back',
  quota: 'refused',
  'canary-errors': 'rolled-back',
  'canary-slow': 'rolled-back',
  'canary-few': 'rolled-back',
};
