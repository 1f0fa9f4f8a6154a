import { afterAll, describe, expect, it } from 'vitest';
import { runChecks } from '../../lib/checks';
import { ServingError, formatProblem as say } from '../../lib/errors/problem';
import type { AnyEnvironment } from '../../lib/project/environment';
import { renderProject } from '../../lib/synth/render-project';
import { diagnose } from '../harness/compiler';
import { sampleProject } from '../harness/project';
import { RIGHT_CODE, WRONG_CODE } from './compile';
import { objectsOf, RIGHT_MANIFESTS, WRONG_MANIFESTS } from './manifests';
import { PLANS, planned, RIGHT_PLANS } from './plan';
import { RIGHT_CONFIGS, WRONG_CONFIGS, type WrongConfig } from './synth';

/** How many of each stage were caught, of how many. */
const caught = { compile: 0, synth: 0, check: 0, plan: 0 };
const wrong = {
  compile: Object.keys(WRONG_CODE).length,
  synth: Object.keys(WRONG_CONFIGS).length,
  check: WRONG_MANIFESTS.length,
  plan: Object.keys(PLANS).length,
};
const right = {
  compile: Object.keys(RIGHT_CODE).length,
  synth: Object.keys(RIGHT_CONFIGS).length,
  check: RIGHT_MANIFESTS.length,
  plan: Object.keys(RIGHT_PLANS).length,
};
let passed = 0;

const sum = (counts: Readonly<Record<string, number>>) => Object.values(counts).reduce((all, one) => all + one, 0);

afterAll(() => {
  const stages = (['compile', 'synth', 'check', 'plan'] as const).map((stage) => `${stage} ${caught[stage]}/${wrong[stage]}`);
  console.log(
    `corpus: ${sum(caught)} of ${sum(wrong)} wrong ones caught (${stages.join(', ')}), ${passed} of ${sum(right)} right ones passed`,
  );
});

it('is large enough', () => {
  expect(sum(wrong)).toBeGreaterThanOrEqual(150);
  expect(sum(right)).toBeGreaterThanOrEqual(60);
  expect(new Set(WRONG_MANIFESTS.map(({ id }) => id)).size).toBe(wrong.check);
  expect(new Set(RIGHT_MANIFESTS.map(({ id }) => id)).size).toBe(right.check);
});

describe('compile', () => {
  const found = diagnose({
    ...Object.fromEntries(Object.entries(WRONG_CODE).map(([name, [code]]) => [name, code])),
    ...RIGHT_CODE,
  });
  it.each(Object.entries(WRONG_CODE))('refuses %s', (name, [, message]) => {
    expect(found.get(name)?.join('\n')).toMatch(message);
    caught.compile++;
  });
  it.each(Object.keys(RIGHT_CODE))('takes %s', (name) => {
    expect(found.get(name)).toEqual([]);
    passed++;
  });
});

describe('synth', () => {
  function problemsOf({ stack, environment = 'dev', set = [], values, tier = 'dev' }: WrongConfig) {
    const stacks = {
      'fraud-model': 'off',
      'ml-serving-stack': 'off',
      'my-model': 'off',
      llm: 'off',
      triton: 'off',
      [stack]: values,
    };
    const extra: readonly AnyEnvironment[] = values === undefined ? [] : [{ name: 'wrong', tier, stacks }];
    try {
      renderProject(sampleProject(...extra), {
        environments: [values === undefined ? environment : 'wrong'],
        stacks: [stack],
        set,
      });
      return [];
    } catch (error) {
      if (error instanceof ServingError) return error.problems;
      throw error;
    }
  }
  it.each(Object.entries(WRONG_CONFIGS))('refuses %s', (_name, one) => {
    expect(problemsOf(one).map(({ code }) => code)).toContain(one.code);
    caught.synth++;
  });
  it.each(Object.entries(RIGHT_CONFIGS))('takes %s', (_name, [environment, stack, ...set]) => {
    const rendered = renderProject(sampleProject(), { environments: [environment], stacks: [stack], set });
    for (const { files, context } of rendered) {
      expect(
        runChecks(
          files.flatMap(({ objects }) => objects),
          context,
        ).map(say),
      ).toEqual([]);
    }
    passed++;
  });
});

describe('check', () => {
  it.each(WRONG_MANIFESTS.map((one) => [one.id, one] as const))('refuses %s', (_id, one) => {
    const found = runChecks(objectsOf(one), one.context).filter(({ code }) => code === one.code);
    expect(found.map(({ severity }) => severity)).toContain(one.warns === true ? 'warning' : 'error');
    for (const { path, object, message, remedy } of found)
      expect([typeof path === 'string' || object.kind !== '', message, remedy]).not.toContain('');
    caught.check++;
  });
  it.each(RIGHT_MANIFESTS.map((one) => [one.id, one] as const))('takes %s', (_id, one) => {
    expect(runChecks(objectsOf(one), one.context).map(say)).toEqual([]);
    passed++;
  });
});

describe('plan', () => {
  it.each(Object.entries(PLANS))('refuses %s', (_name, one) => {
    expect(planned(one)).toMatchObject({ code: 'ROLLOUT_INFEASIBLE', remedy: expect.stringMatching(one.remedy ?? /./) });
    caught.plan++;
  });
  it.each(Object.entries(RIGHT_PLANS))('takes %s', (_name, one) => {
    expect(planned(one)).toBeUndefined();
    passed++;
  });
});
