import './matchers';
import { parityMatrix, renderProject } from 'cdk8s-serving';
import { crashLoop, imageNotFound, loadProject, nodeDrain, upgrade } from 'cdk8s-serving/testing';
import { describe, expect, it } from 'vitest';

const project = loadProject();

/** Every stack in every prod environment. New stacks and environments are included. */
const serving = project.environments
  .filter(({ tier }) => tier === 'prod')
  .flatMap(({ name, stacks }) =>
    project.stacks.filter((stack) => stacks[stack.name] !== 'off').map((stack) => [stack.name, name] as const),
  );

const rendered = (stack: string, environment: string) =>
  renderProject(project, { environments: [environment], stacks: [stack] }).flatMap(({ files }) =>
    files.flatMap(({ objects }) => objects),
  );

describe.each(serving)('%s in %s', (stack, environment) => {
  it('is rolled back when the new version does not start', async () => {
    await expect(rendered(stack, environment)).toRollBackWhen(imageNotFound());
    await expect(rendered(stack, environment)).toRollBackWhen(crashLoop());
  });

  it('serves during upgrades and drains', async () => {
    await expect(rendered(stack, environment)).toServeDuring(upgrade());
    await expect(rendered(stack, environment)).toServeDuring(nodeDrain());
  });
});

describe('the environments', () => {
  it('differ only where that is declared', () => {
    const names = project.environments.map(({ name }) => name);
    expect(parityMatrix(renderProject(project), names, project.expectedDifferences ?? []).undeclared).toEqual([]);
  });
});
