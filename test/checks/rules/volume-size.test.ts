import { expect, it } from 'vitest';
import { volumeAboveLimit } from '../../../lib/checks/rules/volume-size';

const pod = (sizes: readonly string[], labels = {}) => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'train', namespace: 'ml', labels },
  spec: {
    containers: [{ name: 'train', image: 'train:1', resources: { limits: { 'ephemeral-storage': '10Gi' } } }],
    volumes: sizes.map((sizeLimit, index) => ({ name: `v${index}`, emptyDir: { sizeLimit } })),
  },
});

it('adds up the volumes on disk', () => {
  expect(volumeAboveLimit.check([pod(['6Gi', '6Gi'])])).toMatchObject([
    { path: 'spec.volumes', got: '12288Mi', severity: 'warning' },
  ]);
  expect(volumeAboveLimit.check([pod(['4Gi', '6Gi'])])).toEqual([]);
});

it('leaves the upper bounds of this library alone', () => {
  expect(volumeAboveLimit.check([pod(['6Gi', '6Gi'], { 'app.kubernetes.io/managed-by': 'cdk8s-serving' })])).toEqual([]);
});
