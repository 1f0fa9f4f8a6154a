import { describe, expect, it } from 'vitest';
import { type Problem, ServingError } from '../../lib/errors/problem';
import type { AnyEnvironment } from '../../lib/project/environment';
import type { Selection } from '../../lib/synth/render/render-stack';
import { renderProject } from '../../lib/synth/render-project';
import { sampleProject } from '../harness/project';

function problems(selection: Selection, ...more: readonly AnyEnvironment[]): readonly Problem[] {
  try {
    renderProject(sampleProject(...more), selection);
  } catch (error) {
    if (error instanceof ServingError) return error.problems;
    throw error;
  }
  return [];
}

const set = (...assignments: readonly string[]) => problems({ environments: ['dev'], stacks: ['fraud-model'], set: assignments });

/** An environment in plain JavaScript, where no type has seen it. */
const untyped = (stacks: Record<string, unknown>, tier: AnyEnvironment['tier'] = 'dev'): AnyEnvironment => ({
  name: 'wrong',
  tier,
  stacks: { 'fraud-model': 'off', 'ml-serving-stack': 'off', 'my-model': 'off', llm: 'off', triton: 'off', ...stacks },
});
const inWrong = (stacks: Record<string, unknown>, tier?: AnyEnvironment['tier']) =>
  problems({ environments: ['wrong'] }, untyped(stacks, tier));

describe('what is wrong with a config', () => {
  it.each([
    [
      'an unknown path, with the nearest',
      'model.verison=v2.2.0',
      { code: 'UNKNOWN_PATH', path: 'model.verison', nearest: 'model.version' },
    ],
    ['a path that goes on behind a value', 'model.version.tag=v2', { code: 'UNKNOWN_PATH', path: 'model.version.tag' }],
    ['no assignment', 'model.version', { code: 'USAGE', got: 'model.version' }],
    ['latest', 'model.version=latest', { code: 'INVALID_VALUE', path: 'model.version', got: 'latest' }],
    [
      'a threshold out of range',
      'gate.thresholds.auc.min=92',
      { code: 'INVALID_VALUE', path: 'gate.thresholds.auc.min', got: 92, expected: 'a share from 0 to 1' },
    ],
    [
      'memory without a unit',
      'server.resources.limits.memory=4',
      { code: 'INVALID_VALUE', path: 'server.resources.limits.memory', expected: 'bytes with a unit, such as 512Mi or 16Gi' },
    ],
    ['text for a number', 'model.batchSize=many', { code: 'INVALID_VALUE', path: 'model.batchSize', got: 'many' }],
    [
      'text for an object, with its fields',
      'gate=off',
      {
        code: 'INVALID_VALUE',
        path: 'gate',
        expected: 'an object of off, image, dataset, thresholds, phase, timeout, resources',
      },
    ],
    [
      'text where only one word is valid',
      'ingress=on',
      {
        code: 'INVALID_VALUE',
        path: 'ingress',
        expected: '"off" or an object of host, tlsSecretName, className, path, pathType',
      },
    ],
    ['a half of a count', 'server.scaling.replicas=1.5', { code: 'INVALID_VALUE', path: 'server.scaling.replicas', got: 1.5 }],
    [
      'a URL without a scheme',
      'features.url=feature-server-svc',
      { code: 'INVALID_VALUE', path: 'features.url', expected: 'an http or https URL, such as http://features:8081' },
    ],
  ])('%s', (_name, assignment, expected) => {
    expect(set(assignment)).toEqual([expect.objectContaining(expected)]);
  });

  it('says which layer set the value', () => {
    expect(set('model.version=latest')[0]?.subject).toBe('dev/fraud-model (--set)');
    const [problem] = inWrong({ 'my-model': { namespace: 'Not A Name' } });
    expect(problem).toMatchObject({ subject: 'wrong/my-model (wrong)', path: 'namespace', got: 'Not A Name' });
  });

  it('names an unknown field with the nearest, and a missing one with what to do', () => {
    const found = inWrong({ 'my-model': { namepsace: 'x', server: { replcas: 2 } } });
    expect(found).toEqual([
      expect.objectContaining({ code: 'UNKNOWN_FIELD', path: 'server.replcas' }),
      expect.objectContaining({ code: 'UNKNOWN_FIELD', path: 'namepsace', nearest: 'namespace' }),
      expect.objectContaining({ code: 'MISSING_FIELD', path: 'namespace' }),
    ]);
  });

  it('an ingress without a host, a GPU without a count, both counts at once', () => {
    const [ingress] = inWrong({ 'fraud-model': { namespace: 'x', ingress: { tlsSecretName: 'tls' } } });
    expect(ingress).toMatchObject({ code: 'MISSING_FIELD', path: 'ingress.host' });
    const both = { scaling: { replicas: 2, autoscaling: { min: 1, max: 2, cpu: 50 } } };
    expect(
      inWrong({ 'my-model': { namespace: 'x', server: both } }).map(({ path }) => path?.split('.').slice(0, 2).join('.')),
    ).toEqual(['server.scaling']);
  });

  it('a component that is merely not mentioned is an error, off is not', () => {
    const project = sampleProject();
    const base = project.base['ml-serving-stack'] as Record<string, unknown>;
    const { metrics: _gone, ...rest } = base;
    const forgetful = { ...project, base: { ...project.base, 'ml-serving-stack': rest } };
    const render = (set: readonly string[]) => () =>
      renderProject(forgetful, { environments: ['dev'], stacks: ['ml-serving-stack'], set });
    expect(render([])).toThrow(/metrics.*missing.*MISSING_FIELD/);
    expect(render(['metrics=off'])).not.toThrow();
  });

  it('prod demands a password and a gate of every config, also from --set and from JavaScript', () => {
    const redis = { host: 'redis-svc' };
    expect(inWrong({ 'fraud-model': { namespace: 'x', redis } }, 'prod')).toEqual([
      expect.objectContaining({ code: 'PROD_REQUIREMENT', path: 'redis.auth' }),
    ]);
    expect(problems({ environments: ['prod'], stacks: ['fraud-model'], set: ['gate.off=we are in a hurry'] })).toEqual([
      expect.objectContaining({ code: 'PROD_REQUIREMENT', path: 'gate.off' }),
    ]);
  });

  it('unknown environments and stacks, with the nearest', () => {
    expect(problems({ environments: ['prdo'] })).toEqual([
      expect.objectContaining({ code: 'UNKNOWN_ENVIRONMENT', got: 'prdo', nearest: 'prod' }),
    ]);
    expect(problems({ stacks: ['fraud'] })).toEqual([expect.objectContaining({ code: 'UNKNOWN_STACK', got: 'fraud' })]);
  });

  it('all problems of all environments at once, each with a remedy', () => {
    const found = problems({ stacks: ['fraud-model'], set: ['model.version=latest', 'model.batchSize=0', 'features.url=x'] });
    expect(found.map(({ subject, path }) => `${subject} ${path}`)).toEqual(
      ['dev', 'staging', 'prod'].flatMap((environment) =>
        ['model.version', 'model.batchSize', 'features.url'].map((path) => `${environment}/fraud-model (--set) ${path}`),
      ),
    );
    for (const { remedy } of found) expect(remedy.length).toBeGreaterThan(5);
  });

  it('a secret has no field to go in (D19)', () => {
    expect(set('redis.host=redis-svc', 'redis.auth.password=hunter2')).toEqual([
      expect.objectContaining({ code: 'UNKNOWN_PATH', path: 'redis.auth.password' }),
    ]);
  });
});
