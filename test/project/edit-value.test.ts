import fc from 'fast-check';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { editValue } from '../../lib/project/edit-value';

/** What a module exports by default. */
function evaluate(source: string): unknown {
  const { outputText } = ts.transpileModule(source, { compilerOptions: { module: ts.ModuleKind.CommonJS } });
  const module: { exports: { default?: unknown } } = { exports: {} };
  const others: Readonly<Record<string, object>> = {
    './common': { common: { model: { version: 'v1', size: 1 } }, VERSION: 'v1' },
  };
  new Function('exports', 'require', 'module', outputText)(module.exports, (name: string) => others[name], module);
  return module.exports.default;
}

const edit = (source: string, path: string, value: unknown) => editValue(ts, source, evaluate(source), path.split('.'), value);

/** The lines that differ, `-` before and `+` after. */
function difference(source: string, path: string, value: unknown): readonly string[] {
  const edited = edit(source, path, value);
  if ('refused' in edited) return [`${edited.line}: ${edited.refused}`];
  const [before, after] = [source.split('\n'), edited.source.split('\n')];
  return [
    ...before.filter((line) => !after.includes(line)).map((line) => `-${line}`),
    ...after.filter((line) => !before.includes(line)).map((line) => `+${line}`),
  ];
}

/** What a template puts a value into. */
const HOLE = ['$', '{y}'].join('');

const FILE = `import type { Environment } from '../apps/stacks';

const server = { scaling: { replicas: 2 } } as const; // shared by both
const once = {
  version: 'v1', // keep
  path: "p",
} as const;

/** Staging. */
const staging: Environment = {
  name: 'staging',
  stacks: {
    one: { model: once, server, redis: 'off' },
    two: {
      server,
      // what follows is odd
      'odd-key': { "a.b": 1, list: [1, 2] },
      share: -0.5,
    },
    three: {},
  },
};

export default staging;
`;

describe('one value of a module is changed', () => {
  it.each([
    ['stacks.two.share', 0.7, ['-      share: -0.5,', '+      share: 0.7,']],
    [
      'stacks.one.redis',
      'on',
      ["-    one: { model: once, server, redis: 'off' },", "+    one: { model: once, server, redis: 'on' },"],
    ],
    // A constant that nothing else uses is changed where it is, with its quotes and remarks.
    ['stacks.one.model.version', 'v2', ["-  version: 'v1', // keep", "+  version: 'v2', // keep"]],
    ['stacks.one.model.path', "it's", ['-  path: "p",', '+  path: "it\'s",']],
    // What others use too is overridden here alone.
    [
      'stacks.one.server.scaling.replicas',
      3,
      [
        "-    one: { model: once, server, redis: 'off' },",
        "+    one: { model: once, server: { ...server, scaling: { ...server.scaling, replicas: 3 } }, redis: 'off' },",
      ],
    ],
    ['stacks.two.server.limit', 1, ['-      server,', '+      server: { ...server, limit: 1 },']],
    // A new one stands at the end of its object, written as its neighbours are.
    ['stacks.two.model.version', 'v1', ["+      model: { version: 'v1' },"]],
    ['stacks.three.model.version', 'v1', ['-    three: {},', "+    three: { model: { version: 'v1' } },"]],
    [
      'stacks.one.off-line',
      true,
      ["-    one: { model: once, server, redis: 'off' },", "+    one: { model: once, server, redis: 'off', 'off-line': true },"],
    ],
    [
      'stacks.one.redis.host',
      'r',
      ["-    one: { model: once, server, redis: 'off' },", "+    one: { model: once, server, redis: { host: 'r' } },"],
    ],
    [
      'stacks.two.odd-key.list',
      null,
      ['-      \'odd-key\': { "a.b": 1, list: [1, 2] },', '+      \'odd-key\': { "a.b": 1, list: null },'],
    ],
  ])('%s to %j', (path, value, lines) => expect(difference(FILE, path, value)).toEqual(lines));

  it.each([
    [
      'an object without a comma at its end',
      'export default {\n  a: 1 // one\n}\n',
      'b',
      2,
      ['-  a: 1 // one', '+  a: 1, // one', '+  b: 2'],
    ],
    ['lines that end as on Windows', 'export default {\r\n  a: 1,\r\n};\r\n', 'b', 'x', ["+  b: 'x',\r"]],
    [
      'double quotes',
      'export default { a: "1", b: "2" };',
      'c',
      'x',
      ['-export default { a: "1", b: "2" };', '+export default { a: "1", b: "2", c: "x" };'],
    ],
    [
      'satisfies and parentheses',
      'export default ({ a: 1 }) satisfies object;',
      'a',
      2,
      ['-export default ({ a: 1 }) satisfies object;', '+export default ({ a: 2 }) satisfies object;'],
    ],
    [
      'a template without holes',
      'export default { a: `x` };',
      'a',
      `${HOLE}\``,
      ['-export default { a: `x` };', `+export default { a: \`\\${HOLE}\\\`\` };`],
    ],
    ['an empty object with a remark', 'export default {\n  // nothing yet\n};', 'a', 1, ['-};', '+a: 1 };']],
    ['a comma behind a remark', 'export default {\n  a: 1 /* one */, // still one\n};', 'b', 2, ['+  b: 2,']],
    [
      'a spread whose constant nothing else uses',
      'const c = { a: { b: 1 } };\nexport default { ...c };',
      'a.b',
      2,
      ['-const c = { a: { b: 1 } };', '+const c = { a: { b: 2 } };'],
    ],
    [
      'a shared spread',
      'const c = { a: { b: 1, d: 1 } };\nexport default { ...c, e: c };',
      'a.b',
      2,
      ['-export default { ...c, e: c };', '+export default { ...c, e: c, a: { ...c.a, b: 2 } };'],
    ],
    [
      'a constant of another module',
      "import { common } from './common';\nexport default { ...common };",
      'model.version',
      'v2',
      ['-export default { ...common };', "+export default { ...common, model: { ...common.model, version: 'v2' } };"],
    ],
    [
      'a member of another module',
      "import { common } from './common';\nexport default { model: common.model };",
      'model.version',
      'v2',
      ['-export default { model: common.model };', "+export default { model: { ...common.model, version: 'v2' } };"],
    ],
    [
      'a constant that two values use',
      "const v = 'v1';\nexport default { a: v, b: v };",
      'a',
      'v2',
      ['-export default { a: v, b: v };', "+export default { a: 'v2', b: v };"],
    ],
    [
      'an exported constant',
      "export const m = { v: 'v1' };\nexport default { m };",
      'm.v',
      'v2',
      ['-export default { m };', "+export default { m: { ...m, v: 'v2' } };"],
    ],
  ])('%s', (_, source, path, value, lines) => expect(difference(source, path, value)).toEqual(lines));

  it.each([
    ['a call', 'export default { a: String(1) };', 'a', '1: the value is computed: `String(1)`'],
    ['a condition', "export default {\n  a: process.env.X ?? 'y' };", 'a', "2: the value is computed: `process.env.X ?? 'y'`"],
    [
      'a template with holes',
      `const y = 'z';\nexport default { a: \`${HOLE}\` };`,
      'a',
      `2: the value is computed: \`\`${HOLE}\`\``,
    ],
    ['inside a call', 'const f = (x: object) => x;\nexport default f({ a: 1 });', 'a', '2: the value is computed: `f({ a: 1 })`'],
    ['a getter', 'export default { get a() { return 1; } };', 'a', '1: `a` is computed by a function'],
    ['a computed name', "const k = 'a';\nexport default { [k]: 1 };", 'a', '2: a name of a field is computed'],
    [
      'an import that only this value uses',
      "import { VERSION } from './common';\nexport default { a: VERSION };",
      'a',
      '2: `VERSION` is not written in this file: change it where it is',
    ],
    ['nothing exported', 'export const a = 1;', 'a', '1: the module has no `export default` of an object'],
  ])('refuses %s, and says where', (_, source, path, message) => expect(difference(source, path, 'new')).toEqual([message]));
});

const HEAD = '// Ä\n/** Keep. */\nconst c = ';
const FOOT = ' as const;\n\nexport default c;\n';

describe('whatever a module looks like', () => {
  const word = fc.constantFrom('a', 'b', 'cd', 'e-f', 'g.h', '1', 'constructor');
  const leaf = fc.oneof(
    fc.integer({ min: -9, max: 9 }),
    fc.boolean(),
    fc.constantFrom('x', "it's", 'say "x"', 'a\\b', `\`${HOLE}\``, ''),
  );
  const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
    tree: fc.oneof({ maxDepth: 3 }, leaf, fc.dictionary(word, tie('tree'), { maxKeys: 3 })),
  }));
  const style = fc.record({
    quote: fc.constantFrom("'", '"'),
    wide: fc.boolean(),
    comma: fc.boolean(),
    remark: fc.boolean(),
    windows: fc.boolean(),
  });

  /** Source text of a value, in one of many hands. */
  function written(
    value: unknown,
    hand: { quote: string; wide: boolean; comma: boolean; remark: boolean; windows: boolean },
    depth = 0,
  ): string {
    const text = (one: string) =>
      `${hand.quote}${JSON.stringify(one).slice(1, -1).replaceAll('\\"', '"').replaceAll(hand.quote, `\\${hand.quote}`)}${hand.quote}`;
    if (typeof value === 'string') return text(value);
    if (typeof value !== 'object' || value === null) return JSON.stringify(value);
    const fields = Object.entries(value).map(
      ([key, inside]) => `${/^[a-z]+$/.test(key) ? key : text(key)}: ${written(inside, hand, depth + 1)}`,
    );
    if (fields.length === 0) return '{}';
    const newline = `${hand.windows ? '\r\n' : '\n'}${'  '.repeat(depth + 1)}`;
    if (!hand.wide) return `{ ${fields.join(', ')}${hand.comma ? ',' : ''} }`;
    const last = fields.length - 1;
    const lines = fields.map(
      (field, index) => `${field}${index < last || hand.comma ? ',' : ''}${hand.remark ? ` // ${depth}, "${index}'` : ''}`,
    );
    return `{${newline}${lines.join(newline)}${newline.slice(0, -2)}}`;
  }

  const replaced = (from: unknown, [key, ...rest]: readonly string[], value: unknown): unknown => {
    if (key === undefined) return value;
    const fields = typeof from === 'object' && from !== null ? (from as Readonly<Record<string, unknown>>) : {};
    return { ...fields, [key]: replaced(Object.hasOwn(fields, key) ? fields[key] : undefined, rest, value) };
  };

  it('exports the new value afterwards and the same as before besides, and keeps every other byte', () => {
    fc.assert(
      fc.property(
        fc.dictionary(word, tree, { maxKeys: 4 }),
        fc.array(word, { minLength: 1, maxLength: 4 }),
        leaf,
        style,
        (config, path, value, hand) => {
          const source = `${HEAD}${written(config, hand)}${FOOT}`;
          const edited = editValue(ts, source, config, path, value);
          if ('refused' in edited) throw new Error(edited.refused);
          expect(evaluate(edited.source)).toEqual(replaced(config, path, value));
          // Every remark is still there, in its order, unless its whole object gave way to a plain value.
          const remarks = (text: string) => text.match(/\/\/ \d, "\d+'/g) ?? [];
          if (!removesObject(config, path)) expect(remarks(edited.source)).toEqual(remarks(source));
          expect(edited.source.slice(0, HEAD.length)).toBe(HEAD);
          expect(edited.source.endsWith(FOOT)).toBe(true);
          // Again is the same.
          const again = editValue(ts, edited.source, evaluate(edited.source), path, value);
          expect('source' in again ? evaluate(again.source) : again).toEqual(replaced(config, path, value));
        },
      ),
      { numRuns: 200 },
    );
  });

  /** Whether an object with its remarks gives way to a plain value. */
  function removesObject(config: unknown, path: readonly string[]): boolean {
    let here = config;
    for (const key of path)
      here =
        typeof here === 'object' && here !== null && Object.hasOwn(here, key)
          ? (here as Record<string, unknown>)[key]
          : undefined;
    return typeof here === 'object';
  }
});
