import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { helmRevisionFrom } from '../../../lib/release/adoption/helm-revision';

/** A Secret as Helm writes it: gzip in base64, which the API server encodes again. */
function secret(packed: Buffer, type = 'helm.sh/release.v1'): KubeObject {
  const release = Buffer.from(packed.toString('base64')).toString('base64');
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'sh.helm.release.v1.fraud.v7' }, type, data: { release } };
}
const of = (value: unknown) => secret(gzipSync(JSON.stringify(value)));

const release = {
  name: 'fraud',
  namespace: 'n',
  version: 7,
  info: { status: 'deployed' },
  chart: { metadata: { name: 'fraud-model', version: '1.2.0' } },
  manifest: 'kind: A',
  hooks: [{ name: 'h', manifest: 'kind: B' }],
};

describe('a revision of Helm', () => {
  it('is read with its manifests and hooks', () => {
    const expected = { name: 'fraud', namespace: 'n', revision: 7, status: 'deployed', chart: 'fraud-model-1.2.0' };
    expect(helmRevisionFrom(of(release))).toEqual({ ...expected, manifests: ['kind: A', 'kind: B'] });
    expect(helmRevisionFrom(of({ ...release, hooks: null }))?.manifests).toEqual(['kind: A']);
  });

  it.each([
    ['another type', secret(gzipSync(JSON.stringify(release)), 'Opaque')],
    ['no gzip', secret(Buffer.from(JSON.stringify(release)))],
    ['no JSON', secret(gzipSync('release'))],
    ['cut', secret(gzipSync(JSON.stringify(release)).subarray(0, 40))],
    ['100 MiB behind 100 KB', secret(gzipSync(Buffer.alloc(100 * 2 ** 20, 0x20)))],
    ['no number', of({ ...release, version: '7' })],
    ['hooks that are no list', of({ ...release, hooks: { length: 1e9 } })],
    ['a name of a megabyte', of({ ...release, name: 'a'.repeat(2 ** 20) })],
  ])('is none when it is %s', (_, object) => {
    expect(helmRevisionFrom(object)).toBeUndefined();
  });

  it('is none, and no error, whatever a Secret holds', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.jsonValue(), fc.record({ data: fc.jsonValue() })),
        fc.uint8Array({ maxLength: 200 }),
        (value, bytes) => {
          expect(helmRevisionFrom(of(value))).toBeUndefined();
          expect(helmRevisionFrom(secret(Buffer.from(bytes)))).toBeUndefined();
          expect(helmRevisionFrom({ ...of(release), data: value })).toBeUndefined();
        },
      ),
      { numRuns: 200 },
    );
  });
});
