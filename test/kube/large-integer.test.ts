import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneLine, safe } from '../../lib/cli/print/safe';
import { parseJson, toJson, withDigits } from '../../lib/kube/large-integer';
import { html } from '../../lib/report/html';

describe('integers beyond 2^53', () => {
  it('come out with the digits they went in with', () => {
    const text =
      '{"a":9007199254740993,"b":[-9223372036854775808,18446744073709551615],"c":{"12345678901234567":9007199254740991}}';
    expect(toJson(parseJson(text))).toBe(text);
  });
  it('are other values than their neighbors', () => {
    expect(parseJson('{"a":9007199254740993}')).not.toEqual(parseJson('{"a":9007199254740992}'));
  });
  it('are told from digits in texts, and from numbers with a fraction', () => {
    const texts = {
      a: ':12345678901234567',
      b: '{"x":12345678901234567}',
      c: '\\":12345678901234567',
      d: 1.2345678901234567e30,
      e: 0.1,
    };
    expect(parseJson(JSON.stringify(texts))).toEqual(texts);
    expect(parseJson('{"a": 12345678901234567.5}')).toEqual({ a: 12345678901234568 });
  });
  it('leave every other value as JSON.parse reads it', () => {
    const around = fc.json().map((json) => `[${json}, 9007199254740993]`);
    fc.assert(
      fc.property(around, (json) => {
        fc.pre(!/\d{16}.*,/s.test(json));
        expect((parseJson(json) as unknown[])[0]).toEqual((JSON.parse(json) as unknown[])[0]);
      }),
    );
  });
  it('are printed as numbers', () => {
    const value = parseJson('{"a":9007199254740993}') as { readonly a: string };
    expect(safe(JSON.stringify(value))).toBe('{"a":9007199254740993}');
    expect(oneLine(JSON.stringify(value))).toBe('{"a":9007199254740993}');
    expect([oneLine(value.a), String(html`${value.a}`), withDigits(value.a)]).toEqual(Array(3).fill('9007199254740993'));
  });
  it('stay whole in answers of any size', () => {
    const big = JSON.stringify({ a: 'x"\\'.repeat(4_000_000), b: 1 }).replace('"b":1', '"b":9007199254740993');
    expect(toJson(parseJson(big))).toBe(big);
  });
});
