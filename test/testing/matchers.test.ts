import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import {
  crashLoop,
  findObject,
  findObjects,
  gateReports,
  imageNotFound,
  matchers,
  nodeDrain,
  probeNeverReady,
  rollbackAction,
  type ServingMatchers,
  upgrade,
} from '../../lib/testing';
import { sampleObjects } from '../harness/project';

declare module 'vitest' {
  interface Matchers<T> extends ServingMatchers<T> {}
}
expect.extend(matchers);

const fraud = () => sampleObjects('staging', 'fraud-model');

/** The same objects with another value somewhere in those of a kind. */
const changed = (
  objects: readonly KubeObject[],
  kind: string,
  change: (spec: Record<string, unknown>) => Record<string, unknown>,
) => objects.map((object) => (object.kind === kind ? { ...object, spec: change({ ...(object.spec as object) }) } : object));

/** The message of a failed assertion. */
const failure = (work: Promise<unknown>) =>
  work.then(
    () => 'passed',
    (error: Error) => error.message,
  );

describe('toRollBackWhen', () => {
  it.each([
    probeNeverReady(),
    probeNeverReady({ timeoutMs: 5000 }),
    imageNotFound(),
    crashLoop(),
    gateReports({ auc: 0.8, latencyP99Ms: 118 }),
    gateReports({ auc: 0.95 }),
  ])('a stack as it comes, when $name', async (condition) => {
    await expect(fraud()).toRollBackWhen(condition);
  });

  it('the whole stack', async () => {
    await expect(sampleObjects('staging', 'ml-serving-stack')).toRollBackWhen(imageNotFound());
    await expect(sampleObjects('prod', 'ml-serving-stack')).toRollBackWhen(crashLoop());
  });

  it('fails when the release goes through', async () => {
    expect(await failure(expect(fraud()).toRollBackWhen(gateReports({ auc: 0.95, latencyP99Ms: 10 })))).toBe(
      'the release ended succeeded',
    );
    await expect(fraud()).not.toRollBackWhen(gateReports({ auc: 0.95, latencyP99Ms: 10 }));
  });

  it('fails when the good version cannot be released', async () => {
    const wrong = changed(fraud(), 'Deployment', (spec) => ({ ...spec, selector: { matchLabels: { no: 'such' } } }));
    expect(await failure(expect(wrong).toRollBackWhen(imageNotFound()))).toMatch(
      /the good version could not be released first: refused/,
    );
  });
});

describe('toServeDuring', () => {
  it.each([upgrade(), rollbackAction(), nodeDrain(), nodeDrain('cpu-1')])('a stack as it comes: $name', async (action) => {
    await expect(fraud()).toServeDuring(action);
  });

  it('fails for a Deployment that is recreated', async () => {
    const recreated = changed(fraud(), 'Deployment', (spec) => ({ ...spec, strategy: { type: 'Recreate' } }));
    expect(await failure(expect(recreated).toServeDuring(upgrade()))).toBe(
      'Service/fraud-model has 0 available pods where 1 are promised',
    );
    await expect(recreated).not.toServeDuring(upgrade());
  });

  it('fails for a drain that nothing holds up', async () => {
    const bare = fraud().filter(({ kind }) => kind !== 'PodDisruptionBudget');
    const single = changed(bare, 'Deployment', (spec) => ({ ...spec, replicas: 1 }));
    expect(await failure(expect(single).toServeDuring(nodeDrain()))).toBe(
      'Service/fraud-model has 0 available pods where 1 are promised',
    );
  });

  it('fails when a budget never lets a pod go', async () => {
    const stuck = changed(fraud(), 'PodDisruptionBudget', (spec) => ({ ...spec, maxUnavailable: 0 }));
    expect(await failure(expect(stuck).toServeDuring(nodeDrain()))).toMatch(
      /cannot be evicted: its disruption budget never allows it/,
    );
  });

  it('fails without a Service', async () => {
    const alone = fraud().filter(({ kind }) => kind !== 'Service' && kind !== 'Ingress');
    expect(await failure(expect(alone).toServeDuring(upgrade()))).toBe('there is no Service with pods behind it');
  });
});

describe('toContainGolden', () => {
  const golden = {
    kind: 'Deployment',
    spec: { template: { spec: { containers: [{ name: 'fraud-model', resources: { requests: { cpu: '2000m' } } }] } } },
  };

  it('compares subsets: amounts, lists by name', () => {
    expect(fraud()).toContainGolden(golden);
    expect(fraud()).toContainGolden([golden, { kind: 'Service', spec: { ports: [{ name: 'http', targetPort: 8080 }] } }]);
  });

  it('says what is not met', () => {
    const wrong = { kind: 'Deployment', spec: { replicas: 3 } };
    expect(() => expect(fraud()).toContainGolden(wrong)).toThrow('Deployment spec.replicas: expected 3, got 2');
    expect(() => expect(fraud()).toContainGolden({ kind: 'Secret', metadata: { name: 'no' } })).toThrow(/Secret metadata.name/);
    expect(fraud()).not.toContainGolden(wrong);
  });
});

describe('findObject', () => {
  it('finds one object, or says what there is', () => {
    expect(findObject(fraud(), 'Service').metadata.name).toBe('fraud-model');
    expect(findObject(fraud(), 'ConfigMap', /^fraud-model-/).kind).toBe('ConfigMap');
    expect(() => findObject(fraud(), 'NetworkPolicy')).toThrow('2 objects NetworkPolicy, expected one; there are Deployment/');
    expect(findObjects(fraud(), 'NetworkPolicy')).toHaveLength(2);
  });
});
