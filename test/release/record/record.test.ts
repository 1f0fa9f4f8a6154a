import { expect, it } from 'vitest';
import type { Desired } from '../../../lib/manifests/load';
import type { Head } from '../../../lib/release/model/record';
import type { Revision } from '../../../lib/release/model/revision';
import { contentFor, recordsOfOthers, versionsOf } from '../../../lib/release/record/content';
import { pack, unpack } from '../../../lib/release/record/packing';
import { deployedOf } from '../../../lib/release/record/record';
import { targetOf } from '../../../lib/release/rollback';
import { deployment } from '../manifests';

const revision = (number: number, state: Revision['state'], content: readonly string[] = ['c']): Revision => ({
  revision: number,
  state,
  action: 'upgrade',
  started: '2026-01-01T00:00:00Z',
  seconds: 1,
  by: 'me',
  plan: 'p',
  changes: { create: 0, change: 1, replace: 0, delete: 0 },
  changed: [],
  versions: [],
  gates: [],
  content,
});
const head = (...revisions: Revision[]): Head => ({ v: 1, release: 'r', namespace: 'n', fence: 1, revisions, kinds: [] });

it('packs JSON and unpacks it again', () => {
  const value = { text: 'ä€'.repeat(1000), list: [1, null, { a: true }] };
  expect(unpack(pack(value))).toEqual(value);
  expect(pack(value).length).toBeLessThan(JSON.stringify(value).length / 10);
});

it('holds no value of a Secret', () => {
  const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's', namespace: 'n' }, data: { a: 'eA==' } };
  const desired: Desired = { release: 'r', namespace: 'n', objects: [secret], gates: [] };
  const survey = {
    desired,
    stored: undefined,
    recorded: new Map(),
    live: new Map(),
    uids: new Set<string>(),
    scaled: new Map(),
    warnings: [],
  };
  const content = contentFor(desired, recordsOfOthers(survey, new Set()));
  expect(content.objects).toHaveLength(1);
  expect(JSON.stringify(content)).not.toContain('eA==');
});

it('knows which models a release serves: as annotated, else by the tags of images', () => {
  expect(versionsOf([deployment('a', { namespace: 'n', version: 'v7' })])).toEqual(['v7']);
  const plain = { ...deployment('a', { namespace: 'n', image: 'host:5000/x/y:v2@sha256:abc' }), metadata: { name: 'a' } };
  expect(versionsOf([plain])).toEqual(['v2']);
  expect(versionsOf([{ ...plain, spec: { template: { spec: { containers: [{ image: 'host:5000/x/y' }] } } } }])).toEqual([]);
});

it('goes back to the good revision before, and never to one that was not deployed', () => {
  const all = head(
    revision(1, 'superseded'),
    revision(2, 'rolled-back', []),
    revision(3, 'superseded'),
    revision(4, 'rejected', []),
    revision(5, 'deployed'),
  );
  expect(deployedOf(all)?.revision).toBe(5);
  expect(targetOf(all, undefined)?.revision).toBe(3);
  expect(targetOf(all, 1)?.revision).toBe(1);
  expect(targetOf(all, 2)).toBeUndefined();
  expect(targetOf(head(revision(1, 'deployed')), undefined)).toBeUndefined();
});
