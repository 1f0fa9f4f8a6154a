import { describe, expect, it } from 'vitest';
import { testRelease } from '../../lib/testing';
import { type Promiser, promisedBy } from '../../lib/testing/service';

const labels = { app: 'web' };
const spec = { containers: [{ name: 'web', image: 'registry.example/web:v1' }] };

/** What is promised for ten pods of a Deployment with this strategy and this budget. */
async function least(promiser: Promiser, strategy: object, budget?: object): Promise<readonly number[]> {
  const metadata = { name: 'web', namespace: 'here' };
  const selector = { matchLabels: labels };
  const template = { metadata: { labels }, spec };
  const stage = await testRelease([
    { apiVersion: 'apps/v1', kind: 'Deployment', metadata, spec: { replicas: 10, selector, strategy, template } },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: labels, ports: [{ port: 80 }] } },
    ...(budget === undefined
      ? []
      : [{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { selector, ...budget } }]),
  ]);
  await stage.here.runRelease(stage.apply(stage.objects));
  const promised = promisedBy(promiser, stage.here.sandbox);
  expect(promised.map(({ service, pods }) => [service, pods()])).toEqual([['Service/web', 10]]);
  return promised.map((one) => one.least());
}

describe('what is promised of ten pods', () => {
  it.each([
    ['strategy', {}, undefined, 8],
    ['strategy', { rollingUpdate: { maxUnavailable: 0 } }, undefined, 10],
    ['strategy', { rollingUpdate: { maxUnavailable: '35%' } }, undefined, 7],
    ['strategy', { type: 'Recreate' }, undefined, 1],
    ['budget', {}, undefined, 1],
    ['budget', {}, { maxUnavailable: 1 }, 9],
    ['budget', {}, { maxUnavailable: '25%' }, 7],
    ['budget', {}, { minAvailable: '25%' }, 3],
    ['budget', {}, { minAvailable: 4 }, 4],
  ] as const)('by %s %j %j: %i', async (promiser, strategy, budget, count) => {
    expect(await least(promiser, strategy, budget)).toEqual([count]);
  });
});
