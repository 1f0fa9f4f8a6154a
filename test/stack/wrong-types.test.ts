import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { App } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import * as library from '../../lib';
import { Model, ModelServer, ServingError, ServingStack } from '../../lib';
import { PROP_TYPES } from '../../lib/stack/prop-types';
import { refuseWrongTypes } from '../../lib/stack/wrong-types';
import { ROOT } from '../harness/project';

const resources = { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '2Gi' } } as const;
const model = Model.baked({ image: 'fraud', version: 'v2.1.0', path: '/m', copyable: true });
const server = { model, resources };
const { roots }: { roots: Record<string, number> } = JSON.parse(PROP_TYPES);

/** What a construct says of props that no compiler has seen. */
function refusals(construct: string, props: unknown): readonly string[] {
  try {
    refuseWrongTypes(construct, new ServingStack(new App(), 'fraud', { namespace: 'team' }), 'it', props);
    return [];
  } catch (error) {
    if (!(error instanceof ServingError)) throw error;
    return error.problems.map(({ path = 'props', got, expected }) => `${path}: ${JSON.stringify(got)}, not ${expected}`);
  }
}

describe('refuseWrongTypes', () => {
  it.each([
    ['no props', undefined, ['props: undefined, not an object']],
    ['null for props', null, ['props: null, not an object']],
    ['a missing model', { resources }, ['model: undefined, not an object']],
    [
      'a proxy without an image',
      { ...server, frontProxy: { name: 'p', port: 9000, resources } },
      ['frontProxy.image: undefined, not text'],
    ],
    ['a number for text', { ...server, modelName: 5 }, ['modelName: 5, not text']],
    ['text for a number', { ...server, servicePort: '80' }, ['servicePort: "80", not a number']],
    ['text for a flag', { ...server, strict: 'no' }, ['strict: "no", not true or false']],
    ['null for an optional prop', { ...server, drain: null }, ['drain: null, not an object']],
    ['an object for a list', { ...server, ports: { http: 80 } }, ['ports: {"http":80}, not a list']],
    ['a wrong item', { ...server, args: ['--port', 8080] }, ['args[1]: 8080, not text']],
    ['a wrong value of a record', { ...server, podAnnotations: { a: 1 } }, ['podAnnotations.a: 1, not text']],
    ['an unknown choice', { ...server, pullPolicy: 'Often' }, [`pullPolicy: "Often", not 'Always' or 'IfNotPresent' or 'Never'`]],
    ['a name for a runtime', { ...server, runtime: 'vllm' }, ['runtime: "vllm", not an object']],
    [
      'several mistakes',
      { model, servicePort: '80' },
      ['resources: undefined, not an object', 'servicePort: "80", not a number'],
    ],
  ])('refuses %s with path, got and expected', (_, props, expected) => {
    expect([...refusals('ModelServer', props)].sort()).toEqual(expected);
  });

  it('leaves right props in peace, with undefined for what is optional', () => {
    expect(refusals('ModelServer', { ...server, cache: undefined, features: 'off', drain: { delay: '5s' } })).toEqual([]);
  });

  it.each(Object.keys(roots).filter((name) => name !== 'ServingStack'))('comes before %s reads its props', (name) => {
    const Construct: unknown = Object.entries(library).find(([exported]) => exported === name)?.[1];
    const stack = new ServingStack(new App(), 'fraud', { namespace: 'team' });
    expect(() => Reflect.construct(Object(Construct), [stack, 'it', null])).toThrow(/\[WRONG_TYPE\]/);
  });

  it('has no frames and no second copy of its problems where Node.js prints it', () => {
    const stack = new ServingStack(new App(), 'fraud', { namespace: 'team' });
    const wrong: unknown[] = [stack, 'it', { resources }];
    try {
      Reflect.construct(ModelServer, wrong);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ stack: expect.not.stringContaining('\n    at ') });
      expect(Object.keys(Object(error))).not.toContain('problems');
    }
  });
});

it('knows the types of today: `npm run build` writes them', () => {
  const before = readFileSync(join(ROOT, 'lib/stack/prop-types.ts'), 'utf8');
  execFileSync('node', ['lib/prop-types.mjs'], { cwd: ROOT });
  expect(readFileSync(join(ROOT, 'lib/stack/prop-types.ts'), 'utf8')).toBe(before);
}, 60_000);
