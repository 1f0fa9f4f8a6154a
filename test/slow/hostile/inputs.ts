import fc from 'fast-check';
import { isFields } from '../../../lib/kube/fields';

/** A text with one piece of it replaced, cut out or doubled. */
export const mutated = (text: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.nat(text.length), fc.nat(60), fc.oneof(fc.constant(''), fc.json(), fc.string({ unit: 'binary', maxLength: 20 })))
    .map(([at, length, put]) => `${text.slice(0, at)}${put}${text.slice(at + length)}`);

const ODD: readonly unknown[] = [
  null,
  0,
  -1,
  2 ** 60,
  '',
  'x',
  '__proto__',
  true,
  [],
  [null],
  [[]],
  {},
  { a: null },
  [{}],
  'y'.repeat(10_000),
];

/** A JSON value with something else in one place, or without it. */
export function misshapen(value: unknown, random: () => number): unknown {
  const odd = ODD[Math.floor(random() * ODD.length)];
  if (Array.isArray(value) && value.length > 0 && random() < 0.9) {
    const index = Math.floor(random() * value.length);
    return random() < 0.1 ? value.toSpliced(index, 1) : value.with(index, misshapen(value[index], random));
  }
  if (isFields(value) && random() < 0.9) {
    const keys = Object.keys(value);
    const key = keys[Math.floor(random() * keys.length)];
    if (key === undefined) return odd;
    const { [key]: inner, ...rest } = value;
    return random() < 0.1 ? rest : { ...value, [key]: misshapen(inner, random) };
  }
  return odd;
}

/** Numbers from 0 to 1 that are the same for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = (seed % 2_147_483_646) + 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

const repeated = (text: string, times: number) => text.repeat(times);
const config = (data: string) => `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: n}\ndata:\n${data}\n`;

/** Files that take a reader's time, memory or stack. */
export const BOMBS: Readonly<Record<string, () => string | Uint8Array>> = {
  'laughs.yaml': () =>
    config(
      [
        '  a: &a [x, x, x, x, x, x, x, x, x]',
        ...[...'bcdefghij'].map((name, at) => `  ${name}: &${name} [${repeated(`*${'abcdefghij'[at]}, `, 9)}x]`),
      ].join('\n'),
    ),
  'merges.yaml': () =>
    config(
      [
        '  a: &a {x: 1}',
        ...[...'bcdefghijklmnop'].map(
          (name, at) => `  ${name}: &${name} {<<: [${repeated(`*${'abcdefghijklmnop'[at]}, `, 9)}*a], y${at}: 1}`,
        ),
      ].join('\n'),
    ),
  'deep.yaml': () => config(`  a: ${repeated('[', 200_000)}`),
  'deep-map.yaml': () => config(repeated('{a: ', 100_000)),
  'deep-block.yaml': () => config(Array.from({ length: 3_000 }, (_, depth) => `${' '.repeat(depth + 2)}a:`).join('\n')),
  'deep.json': () => repeated('{"a":', 200_000),
  'deep-object.json': () =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"d"},"data":${repeated('{"a":', 100_000)}1${repeated('}', 100_001)}`,
  'bad-items.json': () => `{"apiVersion":"v1","kind":"List","items":[${repeated('1,', 400_000)}1]}`,
  'bad-documents.yaml': () => repeated('a: b\n---\n', 20_000),
  'deep-list.json': () => `${repeated('[', 300_000)}${repeated(']', 300_000)}`,
  'long-text.json': () =>
    `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"b"},"data":{"a":"${repeated('x\\"', 6_000_000)}"}}`,
  'long-text.yaml': () => config(`  a: "${repeated('x', 12_000_000)}"`),
  'long-block.yaml': () => config(`  a: |\n${repeated('    some text in a line\n', 300_000)}`),
  'open-quote.yaml': () => config(`  a: "${repeated('x\n    ', 300_000)}`),
  'stream.json': () => repeated('{}', 300_000),
  'numbers.json': () => `{"a":[${repeated('9007199254740993,', 100_000)}1]}`,
  'quotes.json': () => repeated('"', 3_000_000),
  'backslashes.json': () => `{"a":"${repeated('\\', 6_000_001)}"}`,
  'documents.yaml': () => repeated('---\n', 300_000),
  'dashes.yaml': () => repeated('- ', 300_000),
  'question-marks.yaml': () => config(repeated('  ? ', 20_000)),
  'anchors.yaml': () => config(repeated('  a: &a x\n', 50_000)),
  'keys.yaml': () => config(Array.from({ length: 100_000 }, (_, key) => `  k${key}: v`).join('\n')),
  'digits.yaml': () => config(`  a: ${repeated('9', 2_000_000)}`),
  'digits.json': () => `{"a":${repeated('9', 2_000_000)}}`,
  'spaces.yaml': () => `${repeated(' ', 10_000_000)}x`,
  'crlf.yaml': () => config(repeated('  # \r\n', 500_000)),
  'nul.yaml': () => new Uint8Array(5_000_000),
  'latin-1.yaml': () => Buffer.from(config('  a: é'), 'latin1'),
  'tags.yaml': () => config(`  a: ${repeated('!', 500_000)} x`),
  'comments.yaml': () => repeated('# nothing\n', 500_000),
  'colons.yaml': () => repeated('a:', 300_000),
};
