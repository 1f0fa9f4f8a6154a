import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { toYaml } from '../../../lib/synth/render/yaml';
import { sampleObjects } from '../../harness/project';

const read = (printed: string, version: '1.1' | '1.2') =>
  parseAllDocuments(printed, { version }).map((document) => {
    expect(document.errors).toEqual([]);
    return document.toJS() as unknown;
  });

const key = fc.string({ minLength: 1 }).filter((name) => name !== '__proto__');
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom(
      'yes',
      'No',
      'on',
      '~',
      'null',
      '0755',
      '1e3',
      '12:30:45',
      '2026-01-01',
      '0x1F',
      '1_000',
      '.inf',
      '',
      ' x',
      'x ',
      'a: b',
      'a #b',
      '- a',
      '? b',
      '[a',
      '{',
      '*a',
      '&b',
      '!c',
      '%d',
      '@e',
      '`f',
      '|',
      '>',
      'line\nline\n',
      'a\n\nb\n',
      ' a\nb\n',
      'a\n b\n',
      'tab\there',
      'a:',
      ':a',
      'http://x:80/y',
      'v1.2',
      '1.2.3',
      '\u2028',
      '\ufeffx',
      '<<',
      '=',
    ),
    fc.integer(),
    fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('any'), { maxLength: 4 }),
    fc.dictionary(key, tie('any'), { maxKeys: 4 }),
  ),
})).any;

describe('YAML', () => {
  it('reads back as what was printed, in both versions of YAML', () => {
    fc.assert(
      fc.property(fc.array(fc.dictionary(key, value, { minKeys: 1 }), { minLength: 1, maxLength: 3 }), (documents) => {
        // Prototype-less dictionaries are plain data like any other.
        const plain = JSON.parse(JSON.stringify(documents)) as unknown;
        const printed = toYaml(documents);
        expect(read(printed, '1.2')).toEqual(plain);
        expect(read(printed, '1.1')).toEqual(plain);
      }),
      { numRuns: 2000, seed: 20_261_121 },
    );
  });

  it('is read like the output of the yaml package', () => {
    for (const stack of ['fraud-model', 'ml-serving-stack', 'my-model']) {
      const objects = sampleObjects('prod', stack);
      expect(read(toYaml(objects), '1.1')).toEqual(read(Yaml.stringify(...objects), '1.1'));
    }
  });

  it('prints text of several lines as a block, and quotes only what needs it', () => {
    expect(
      toYaml([
        { data: { 'redis.conf': 'port 1\nbind *\n' }, value: 'http://x:80', port: '80', on: true, list: [{ a: 1, b: [] }, []] },
      ]),
    ).toBe(
      'data:\n  redis.conf: |\n    port 1\n    bind *\nvalue: http://x:80\nport: "80"\n"on": true\nlist:\n  - a: 1\n    b: []\n  - []\n',
    );
  });
});
