import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { FAILURES, type FailureKind, type SimulationEvent, type StageOptions, simulate, testRelease } from '../../lib/testing';
import { sampleObjects } from '../harness/project';
import { STACKS } from '../stacks/definitions';
import { renderStack } from '../stacks/render';

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

  it('takes custom resources as ready, and says so', async () => {
    const monitor = { apiVersion: 'monitoring.coreos.com/v1', kind: 'PodMonitor', metadata: { name: 'm' }, spec: {} };
    const { events, unexpected } = await play([...sampleObjects('dev', 'my-model'), monitor]);
    expect(events[0]).toEqual({
      type: 'note',
      text: 'PodMonitor/m is taken as ready: the sandbox has no controller of its kind',
    });
    expect(unexpected).toBeUndefined();
  });

  it.each(Object.entries(STACKS))('of the public stack %s ends as it should', async (_name, build) => {
    const { events, outcomes, unexpected } = await play(renderStack(build).objects, undefined, { namespace: 'stacks' });
    expect([outcomes.slice(0, 2), outcomes.at(-1), unexpected, messagesOf(events)]).toEqual([
      ['succeeded', 'succeeded'],
      'succeeded',
      undefined,
      [],
    ]);
  });

  it.each([
    ['a Deployment of type Recreate', 'Deployment', { strategy: { type: 'Recreate' } }],
    ['a parallel StatefulSet', 'StatefulSet', { replicas: 3, podManagementPolicy: 'Parallel', serviceName: 'web' }],
  ])('rolls %s back, as a control plane does', async (_title, kind, spec) => {
    const { outcomes, unexpected } = await play([workload(kind, spec)]);
    expect([outcomes, unexpected]).toEqual([['succeeded', 'succeeded', 'rolled-back', 'succeeded'], undefined]);
  });

  it('releases into the namespace that it is told, and into others that the manifests name', async () => {
    const elsewhere = { ...workload('Deployment', {}), metadata: { name: 'other', namespace: 'elsewhere' } };
    const stage = await testRelease([workload('Deployment', {}), elsewhere], { namespace: 'mine' });
    await stage.here.runRelease(stage.apply(stage.objects));
    const found = ['mine', 'elsewhere'].flatMap((namespace) => stage.here.sandbox.objects('apps/v1', 'Deployment', namespace));
    expect(found.map(({ metadata }) => `${metadata.namespace} ${metadata.name}`)).toEqual(['mine web', 'elsewhere other']);
  });

  it('has the devices that pods request, and releases without room for them when it is told to', async () => {
    const containers = [{ name: 'web', image: 'web:1.0', resources: { limits: { 'amd.com/gpu': '4' } } }];
    expect((await play([workload('Deployment', {}, { containers })])).unexpected).toBeUndefined();
    const nowhere = {
      affinity: {
        nodeAffinity: {
          requiredDuringSchedulingIgnoredDuringExecution: {
            nodeSelectorTerms: [
              {
                matchExpressions: [
                  { key: 'zone', operator: 'NotIn', values: ['a'] },
                  { key: 'zone', operator: 'In', values: ['a'] },
                ],
              },
            ],
          },
        },
      },
    };
    const stage = async (checkCapacity: boolean) => {
      const release = await testRelease([workload('Deployment', {}, nowhere)], { checkCapacity });
      return (await release.here.runRelease(release.apply(release.objects, { timeoutMs: 5000 }))).result.outcome;
    };
    expect([await stage(true), await stage(false)]).toEqual(['refused', 'rolled-back']);
  });
});

/** A workload `web` of version 1.0. */
function workload(kind: string, spec: object, pod: object = {}): KubeObject {
  const labels = { app: 'web' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'web:1.0' }], ...pod } };
  return {
    apiVersion: 'apps/v1',
    kind,
    metadata: { name: 'web' },
    spec: { selector: { matchLabels: labels }, template, ...spec },
  };
}

/** Problems of the releases that were not meant to fail. */
function messagesOf(events: readonly SimulationEvent[]): readonly string[] {
  return events.flatMap((event) =>
    event.type === 'result' && event.result.outcome !== 'rolled-back' && event.result.outcome !== 'rejected'
      ? event.result.problems.map(({ message }) => message)
      : [],
  );
}

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
