import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextVersion, runsVersion, versionOf, withImageTag, withVersion } from '../../lib/rehearsal/versions';
import { one, sampleObjects } from '../harness/project';

const fraud = (version?: string) =>
  sampleObjects('staging', 'fraud-model', version === undefined ? [] : [`model.version=${version}`]);
const web = (image: string) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web' },
  spec: { template: { spec: { containers: [{ name: 'web', image }] } } },
});

describe('versionOf', () => {
  it('is the version of the model, else the tag of the first image', () => {
    expect(versionOf(fraud())).toBe('v2.2.0-rc1');
    expect(versionOf([web('registry.example:5000/web:1.4')])).toBe('1.4');
    expect(versionOf([web(`web@sha256:${'a'.repeat(64)}`)])).toBe(`sha256:${'a'.repeat(64)}`);
    expect(versionOf([web('web')])).toBeUndefined();
    expect(versionOf([])).toBeUndefined();
  });

  it('is none that no pod runs', () => {
    const object = { ...web('web:7'), metadata: { name: 'web', annotations: { 'cdk8s-serving/model-version': 'v9' } } };
    expect(versionOf([object])).toBe('7');
  });
});

describe('nextVersion', () => {
  it.each([
    ['v2.1.0', 'v2.1.1'],
    ['v2.2.0-rc1', 'v2.2.0-rc2'],
    ['9', '10'],
    ['stable', 'stable-2'],
    ['sha256:0f', 'sha256:00'],
  ])('of %s is %s', (version, next) => expect(nextVersion(version)).toBe(next));

  it('is another one, each time', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z0-9][a-z0-9.-]{0,20}$/), (version) => {
        const next = nextVersion(version);
        return next !== version && nextVersion(next) !== next;
      }),
    );
  });
});

describe('withVersion', () => {
  it('is what a synth with that version renders, but for the hashes in names', () => {
    const masked = (objects: unknown) => JSON.stringify(objects).replaceAll(/-[0-9a-f]{10}(?=")/g, '-HASH');
    expect(masked(withVersion(fraud(), 'v2.2.0-rc1', 'v3.0.0'))).toBe(masked(fraud('v3.0.0')));
  });

  it('gives content-named objects new names, and keeps the rest', () => {
    const changed = withVersion(fraud(), 'v2.2.0-rc1', 'v3.0.0');
    const name = one(changed, 'ConfigMap').metadata.name;
    expect(name).not.toBe(one(fraud(), 'ConfigMap').metadata.name);
    expect(JSON.stringify(one(changed, 'Deployment'))).toContain(`"configMap":{"name":"${name}"}`);
    expect(withVersion(fraud(), 'v2.2.0', 'v3.0.0')).toEqual(fraud());
  });
});

describe('withImageTag', () => {
  it('changes the images that serve, not those of gates', () => {
    const changed = withImageTag(fraud(), 'v2.2.0-rc1', 'gone');
    expect(JSON.stringify(one(changed, 'Deployment'))).toContain('fraud-model:gone"');
    expect(one(changed, 'Job')).toEqual(one(fraud(), 'Job'));
  });
});

describe('runsVersion', () => {
  it('looks at whole tags and path segments', () => {
    expect(runsVersion({ image: 'a/b:v1' }, 'v1')).toBe(true);
    expect(runsVersion({ path: '/models/v1/model.pt' }, 'v1')).toBe(true);
    expect(runsVersion({ image: 'a/b:v1.2', path: 'xv1' }, 'v1')).toBe(false);
  });
});
