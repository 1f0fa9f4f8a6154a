import './matchers';
import { renderProject } from 'cdk8s-serving';
import { findObject, gateReports, loadProject } from 'cdk8s-serving/testing';
import { describe, expect, it } from 'vitest';

const project = loadProject();

/** All objects of an environment. */
const rendered = (environment: string, set: readonly string[] = []) =>
  renderProject(project, { environments: [environment], stacks: ['fraud-model'], set }).flatMap(({ files }) =>
    files.flatMap(({ objects }) => objects),
  );

describe('fraud-model', () => {
  it('runs at least three pods in prod', () => {
    expect(findObject(rendered('prod'), 'HorizontalPodAutoscaler').spec).toMatchObject({ minReplicas: 3 });
  });

  it('rejects a worse model in prod', async () => {
    await expect(rendered('prod')).toRollBackWhen(gateReports({ auc: 0.8, latencyP99Ms: 90 }));
  });

  it('sets a new model version in one place', () => {
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
