import { afterAll, describe, expect, it } from 'vitest';
import { diagnoseModules } from '../../harness/compiler';
import { ROOT } from '../../harness/project';
import { RIGHT } from './right';
import { NO_SLIPS, SLIPS } from './slips';
import { moduleOf, refusals } from './stages';
import { WRONG } from './wrong';

const named = (corpus: typeof WRONG, prefix = '') =>
  Object.entries(corpus).flatMap(([mistake, cases]) =>
    Object.entries(cases).map(([name, code]) => [`${prefix}${mistake}: ${name}`, code] as const),
  );
const wrong = [...named(WRONG), ...named(SLIPS, 'slip, ')];
const right = [...Object.entries(RIGHT), ...Object.entries(NO_SLIPS)];
const located = (code: string) => moduleOf(code).replace("'#lib'", `'${ROOT}/lib'`).replace("'#stacks'", `'${ROOT}/apps/stacks'`);
const said = diagnoseModules(Object.fromEntries([...wrong, ...right].map(([name, code]) => [name, located(code)])));
const messages = (name: string): readonly string[] => said.get(name) ?? [];
const compiled = wrong.filter(([name]) => messages(name).length === 0);

afterAll(() => {
  console.log(
    `typed configs: ${wrong.length - compiled.length} of ${wrong.length} wrong ones do not compile, and ${compiled.length} are refused at synth or by the checks; ${right.length} right ones pass`,
  );
});

describe('a wrong config in TypeScript', () => {
  it('does not compile, in at least half of the cases', () => {
    expect(wrong.length).toBeGreaterThanOrEqual(150);
    expect(compiled.length).toBeLessThanOrEqual(wrong.length / 2);
  });

  it.each(compiled)('is refused by a synth or a check: %s', (_name, code) => {
    const found = refusals(code);
    expect(found.length).toBeGreaterThan(0);
    expect(found.filter((text) => text.startsWith('STACK TRACE'))).toEqual([]);
  });
});

/** The words in which the compiler says what is right, by a case of their class. */
const WORDS: Readonly<Record<string, RegExp>> = {
  'times: a timeout without a unit': /"20"' is not assignable to type 'Text<"a duration such as '90s' or '5m'/,
  'times: a start as a number': /'number' is not assignable to type 'Text<"a duration such as '90s' or '5m'">/,
  'quantities: memory of another unit': /"4GB"' is not assignable to type 'Text<"bytes with a unit, such as '512Mi' or '16Gi'">'/,
  'quantities: CPU as a number': /'number' is not assignable to type 'Text<"cores as text, such as '2' or '250m'">'/,
  'addresses: an upstream without a scheme': /'Text<"a URL such as 'http:\/\/features:8081'">/,
  'data sets: no scheme': /'Text<"a URI such as 's3:\/\/bucket\/path\/', or a path such as '\/data'">'/,
  'images: no tag': /"a\/b"' is not assignable to type 'Text<"an image with a version: repository:tag with a digit in the tag/,
  'which way is good: a highest AUC': /"a higher value is better: give its min"/,
  'which way is good: a lowest latency': /"a lower value is better: give its max"/,
  'which way is good: a latency without its unit': /"a latency in milliseconds, such as latencyP99Ms"/,
  'models: a repository by its URL': /is not assignable to type '"owner\/name on the hub"'/,
  'models: a bucket of no name': /"s3:\/\/ or gs:\/\/, the bucket and a path"/,
  'models: a directory of a claim from its root': /"a path inside the volume, without a leading \/ and without \.\."/,
  'models: a digest that is cut': /"repository@sha256: and 64 hexadecimal digits"/,
  'models: a baked model with two versions': /"an image without scheme, tag and digest"/,
  'servers: more than all memory': /"a fraction above 0 and at most 1, such as 0\.9"/,
  'addresses: a Redis by its URL, outside': /"a host name without scheme, port and path"/,
  'addresses: the port 0': /"a port from 1 to 65535"/,
  'slip, ports: a Redis beyond all ports': /"a port from 1 to 65535"/,
  'slip, servers: half a token': /"a whole number above 0"/,
  'slip, routers: a logic of two kinds': /"a router has one logic"/,
  'slip, placement: a toleration that exists with a value': /"a toleration with Exists fits every value"/,
  'releases: steps that fall': /"whole percentages from 1 to 100, each above the one before"/,
  'releases: more than all requests mirrored': /"a whole percentage from 1 to 100"/,
  'secrets: a refresh without a unit': /Text<"an interval such as '1h' or '1h30m', or '0' for never">/,
  'secrets: a sidecar of the tag latest': /"an image with a version/,
  'what the library sets itself: the name label': /"the library sets this label itself"/,
};

describe('what the compiler says', () => {
  it.each(Object.entries(WORDS))('is a sentence: %s', (name, words) => {
    expect(messages(name).join('\n')).toMatch(words);
  });
});

describe('a right config in TypeScript', () => {
  it.each(right)('compiles, renders and passes the checks: %s', (name, code) => {
    expect(messages(name)).toEqual([]);
    expect(refusals(code)).toEqual([]);
  });
});
