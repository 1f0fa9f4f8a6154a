import fc from 'fast-check';
import { expect, it } from 'vitest';
import { parseStatus } from '../../lib/client/errors';
import { redactor } from '../../lib/client/redact';

it('takes the values of variables that are called secrets out of quotes about any object', () => {
  const env = [
    { name: 'API_TOKEN', value: 'planted' },
    { name: 'PIN_PASSWORD', value: 4711 },
    { name: 'LOG', value: 'info' },
  ];
  const body = { spec: { template: { spec: { containers: [{ name: 'a', env }] } } } };
  expect(redactor('Deployment', body)?.('expected string, got 4711, planted, info')).toBe('expected string, got ***, ***, info');
});

it('leaves everything else alone', () => {
  expect(redactor('ConfigMap', { data: { a: 'value' } })).toBeUndefined();
  expect(redactor('Secret', null)).toBeUndefined();
  expect(redactor('Secret', { data: null })).toBeUndefined();
});

it('takes every value out of every text of a Status: plain, in base64, quoted, and whatever type it has', () => {
  const body = { data: { a: Buffer.from('from-data').toString('base64') }, stringData: { b: 'pa"ss\nword', c: 12345 } };
  const quoted = [
    Buffer.from('from-data').toString('base64'),
    'from-data',
    JSON.stringify('pa"ss\nword'),
    'Value:12345',
    Buffer.from('12345').toString('base64'),
  ];
  const status = { kind: 'Status', message: quoted.join(' | '), details: { causes: [{ message: quoted.join(' | ') }] } };
  const redacted = JSON.stringify(parseStatus(JSON.stringify(status), redactor('Secret', body)));
  for (const secret of ['from-data', 'ZnJvbS1kYXRh', 'pa\\"ss', 'word', '12345', 'MTIzNDU='])
    expect(redacted).not.toContain(secret);
});

it('takes them from wherever they stand: a scalar, a list, a map in a map, a field that there is none of', () => {
  const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"from-annotation"}}' };
  const metadata = { name: 'a-name', annotations };
  for (const body of [
    { metadata, data: 'planted' },
    { metadata, stringData: ['planted'] },
    { metadata, data: { a: { b: ['planted'] } } },
    { metadata, dta: 'planted' },
  ]) {
    const text = `Secret "a-name": expected map, got "planted" of ${JSON.stringify(annotations)}`;
    const masked = redactor('Secret', body)?.(text) ?? text;
    expect(masked).not.toMatch(/planted|from-annotation/);
    expect(masked).toContain('Secret "a-name": expected map');
  }
});

it('never lets a value through, whatever it is made of', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 4 }), (value) => {
      fc.pre(!'invalid value: |***'.includes(value));
      const redact = redactor('Secret', { stringData: { key: value } });
      expect(redact?.(`invalid value: |${value}|`)).not.toContain(`|${value}|`);
    }),
  );
});
