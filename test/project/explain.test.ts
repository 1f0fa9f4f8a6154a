import { describe, expect, it } from 'vitest';
import { ServingError } from '../../lib/errors/problem';
import { explainConfig } from '../../lib/project/explain';
import { sourceLine, sourceLines } from '../../lib/project/source-lines';
import { explainField } from '../../lib/synth/explain-field';
import { sampleProject } from '../harness/project';

const project = sampleProject();
const stack = (name: string) => project.stacks.find((one) => one.name === name) ?? project.stacks[0];
const environment = (name: string) => project.environments.find((one) => one.name === name) ?? project.environments[0];

function given() {
  const [fraud, prod, staging] = [stack('fraud-model'), environment('prod'), environment('staging')];
  if (fraud === undefined || prod === undefined || staging === undefined) throw new Error('no samples');
  return { fraud, prod, staging };
}

describe('where a value comes from', () => {
  const { fraud, prod, staging } = given();

  it('the layers that say something of it, the one that holds last', () => {
    expect(explainConfig(project, fraud, staging, 'model.version')).toEqual({
      path: 'model.version',
      value: 'v2.2.0-rc1',
      layers: [
        { layer: 'base', value: 'v2.1.0' },
        { layer: 'staging', value: 'v2.2.0-rc1' },
      ],
    });
    expect(explainConfig(project, fraud, prod, 'model.batchSize').layers).toEqual([{ layer: 'base', value: 16 }]);
  });

  it('refuses a path that is none, with the nearest', () => {
    expect(() => explainConfig(project, fraud, prod, 'model.verison')).toThrow(ServingError);
    expect(() => explainConfig(project, fraud, prod, 'model.verison')).toThrow(/did you mean "model.version"/);
  });

  it.each([
    ['Deployment/fraud-model', 'spec.template.spec.containers[name=fraud-model].image', ['model.image', 'model.version']],
    ['Deployment', 'spec.template.spec.containers[name=fraud-model].resources.limits.memory', ['server.resources.limits.memory']],
    ['HorizontalPodAutoscaler/fraud-model', 'spec.maxReplicas', ['server.scaling.autoscaling.max']],
    ['Deployment', 'spec.template.spec.containers[name=fraud-model].startupProbe.failureThreshold', ['server.startupTimeout']],
    ['Deployment', 'spec.strategy.type', []],
  ])('%s %s follows %j', (object, path, paths) => {
    expect(explainField(project, fraud, prod, object, path)?.follows.map((one) => one.path)).toEqual(paths);
  });

  it('a field that is not there has no origin', () => {
    expect(explainField(project, fraud, prod, 'Deployment', 'spec.nothing')).toBeUndefined();
    expect(explainField(project, fraud, prod, 'Deployment/other', 'spec')).toBeUndefined();
  });
});

describe('source lines', () => {
  const source = `// a comment with { braces
const server = {
  scaling: { replicas: 2 }, /* and
  one more */ resources: {
    limits: { memory: '8Gi' },
  },
} as const;
const it: Thing = {
  name: 'a, b: { c',
  stacks: {
    'fraud-model': { server, list: [{ a: 1 }, { b: 2 }], model: { version: 'v1' } },
    other: { server: server, ...server },
  },
};`;
  const lines = sourceLines(source).get('it') ?? new Map<string, number>();
  it.each([
    ['stacks.fraud-model.model.version', 11],
    ['stacks.fraud-model.server.scaling.replicas', 3],
    ['stacks.fraud-model.server.resources.limits.memory', 5],
    ['stacks.other.server.resources.limits.memory', 5],
    ['stacks.other.resources.limits.memory', 5],
    ['stacks.other.nothing.known', 12],
    ['name', 9],
  ])('%s is on line %d', (path, line) => expect(sourceLine(lines, path)).toBe(line));
});
