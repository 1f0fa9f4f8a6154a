import { parityMatrix, renderProject } from 'cdk8s-serving';
import {
  crashLoop,
  findObject,
  gateReports,
  imageNotFound,
  matchers,
  nodeDrain,
  type ServingMatchers,
  upgrade,
} from 'cdk8s-serving/testing';
import { describe, expect, it } from 'vitest';
import { expectedDifferences } from '../apps/expected-differences';
import { project } from '../apps/main';

declare module 'vitest' {
  interface Matchers<T> extends ServingMatchers<T> {}
}
expect.extend(matchers);

/** All objects of an environment. */
const rendered = (environment: string, set: readonly string[] = []) =>
  renderProject(project, { environments: [environment], stacks: ['fraud-model'], set }).flatMap(({ files }) =>
    files.flatMap(({ objects }) => objects),
  );

describe('in prod', () => {
  it('the model server keeps three pods at least', () => {
    expect(findObject(rendered('prod'), 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 3 });
  });

  it('a wrong new model is rolled back', async () => {
    await expect(rendered('prod')).toRollBackWhen(imageNotFound());
    await expect(rendered('prod')).toRollBackWhen(crashLoop());
    await expect(rendered('prod')).toRollBackWhen(gateReports({ auc: 0.8, latencyP99Ms: 90 }));
  });

  it('users are served during upgrades and drains', async () => {
    await expect(rendered('prod')).toServeDuring(upgrade());
    await expect(rendered('prod')).toServeDuring(nodeDrain());
  });
});

describe('the environments', () => {
  it('differ only where that is declared', () => {
    const names = project.environments.map(({ name }) => name);
    expect(parityMatrix(renderProject(project), names, expectedDifferences).undeclared).toEqual([]);
  });

  it('take a new model version in one place', () => {
    const image = 'registry.example.com/fraud-model:v9.9.9';
    const version = ['model.version=v9.9.9'];
    expect(findObject(rendered('staging', version), 'Deployment').spec).toMatchObject({
      template: {
        spec: {
          containers: [{ image, env: expect.arrayContaining([{ name: 'MODEL_PATH', value: '/models/v9.9.9/model.pt' }]) }],
        },
      },
    });
  });
});
