import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { sampleObjects } from '../harness/project';
import { compareAll } from './compare';
import { deviations } from './deviations';
import { goldenData, goldenObjects, hasGolden } from './read';

interface ModelFile {
  readonly variants: Readonly<
    Record<
      'config-map' | 'claim',
      { readonly kind: string; readonly name: string; readonly expect: Readonly<Record<string, unknown>> }
    >
  >;
}

function overlay(variant: 'config-map' | 'claim'): KubeObject {
  const { kind, name, expect: fields } = goldenData<ModelFile>('my-model/model-file.yaml').variants[variant];
  return { ...fields, apiVersion: 'apps/v1', kind, metadata: { name } };
}

describe.skipIf(!hasGolden)('my-model against its golden files', () => {
  for (const naming of ['clean', 'helm-compat'] as const) {
    const allowed = deviations(naming, 'my-model');

    it(`in ${naming} naming has every golden field`, () => {
      const objects = sampleObjects('dev', 'my-model', [`naming=${naming}`]);
      expect(compareAll(goldenObjects('my-model/default.yaml'), objects, allowed)).toEqual([]);
    });

    it(`in ${naming} naming mounts a model file from a ConfigMap`, () => {
      const file = join(mkdtempSync(join(tmpdir(), 'model-')), 'model.pkl');
      writeFileSync(file, 'weights');
      const objects = sampleObjects('dev', 'my-model', [`naming=${naming}`, 'model.source=file', `model.file=${file}`]);
      expect(compareAll([overlay('config-map')], objects, allowed)).toEqual([]);
    });

    it(`in ${naming} naming mounts a model file from a claim`, () => {
      const objects = sampleObjects('dev', 'my-model', [`naming=${naming}`, 'model.source=claim', 'model.claim=my-model-files']);
      expect(compareAll([overlay('claim')], objects, allowed)).toEqual([]);
    });
  }

  it('fails on corrupted output', () => {
    const bad = JSON.parse(
      JSON.stringify(sampleObjects('dev', 'my-model')).replaceAll('"containerPort":5000', '"containerPort":5001'),
    ) as readonly KubeObject[];
    expect(
      compareAll(goldenObjects('my-model/default.yaml'), bad, deviations('clean', 'my-model')).map(({ path }) => path),
    ).toContain('spec.template.spec.containers[name=my-model-chart].ports[name=http].containerPort');
  });
});
