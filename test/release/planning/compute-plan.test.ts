import { describe, expect, it } from 'vitest';
import { RELEASE_LABEL, RELEASE_NAMESPACE_LABEL } from '../../../lib/kube/contract';
import { type KubeObject, keyOf } from '../../../lib/kube/object';
import { changesOf, countsOf } from '../../../lib/release/model/plan';
import type { RecordedObject } from '../../../lib/release/model/record';
import type { Survey } from '../../../lib/release/model/survey';
import { isUnchanged, manifestFor } from '../../../lib/release/ownership/compare';
import { computePlan } from '../../../lib/release/planning/compute-plan';
import type { DryRun } from '../../../lib/release/planning/dry-run';
import { staleness, toPlanFile } from '../../../lib/release/planning/plan-file';

const wanted = (data: Record<string, string>, name = 'a'): KubeObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: 'n', labels: { [RELEASE_LABEL]: 'r' } },
  data,
});
const fieldsOf = (data: object) => ({
  'f:data': Object.fromEntries(Object.keys(data).map((key) => [`f:${key}`, {}])),
  'f:metadata': { 'f:labels': { [`f:${RELEASE_LABEL}`]: {} } },
});
const live = (data: Record<string, string>, name = 'a', uid = 'u'): KubeObject => {
  const managedFields = [{ manager: 'cdk8s-serving', operation: 'Apply', fieldsV1: fieldsOf(data) }];
  const object = wanted(data, name);
  return { ...object, metadata: { ...object.metadata, uid, resourceVersion: '7', managedFields } };
};
const recordOf = (manifest: KubeObject): RecordedObject => ({ manifest, uid: 'u' });
const survey = (objects: KubeObject[], there: KubeObject[], recorded: RecordedObject[] = []): Survey => ({
  desired: { release: 'r', namespace: 'n', objects, gates: [] },
  stored: undefined,
  recorded: new Map(recorded.map((one) => [keyOf(one.manifest), one])),
  uids: new Set(recorded.flatMap(({ uid }) => uid ?? [])),
  live: new Map(there.map((object) => [keyOf(object), object])),
  warnings: [],
  scaled: new Map(),
});
const said = (answer: DryRun, name = 'a') => new Map([[`/ConfigMap/n/${name}`, answer]]);
const accepted = (object: KubeObject): DryRun => ({ kind: 'accepted', object, conflicts: [] });

describe('what a plan says', () => {
  it.each([
    ['create', survey([wanted({ a: '1' })], []), accepted(wanted({ a: '1' }))],
    ['change', survey([wanted({ a: '2' })], [live({ a: '1' })]), accepted(live({ a: '2' }))],
    ['unchanged', survey([wanted({ a: '1' })], [live({ a: '1' })]), accepted(live({ a: '1' }))],
    [
      'conflict',
      survey([wanted({ a: '2' })], [live({ a: '1' })]),
      { kind: 'conflict', conflicts: [{ field: '.data.a', manager: 'x' }] } as DryRun,
    ],
    ['refused', survey([wanted({ a: '2' })], [live({ a: '1' })]), { kind: 'immutable', message: 'm' } as DryRun],
  ])('%s', (action, found, answer) => {
    const planned = computePlan(found, said(answer));
    expect(planned.objects.map((object) => object.action)).toEqual([action]);
    expect(planned.problems.length > 0).toBe(action === 'conflict' || action === 'refused');
  });

  it('replaces what cannot be changed only with consent, and never what holds data', () => {
    const answer: DryRun = { kind: 'immutable', message: 'm' };
    const found = survey([wanted({ a: '2' })], [live({ a: '1' })]);
    expect(computePlan(found, said(answer), { allowReplace: true }).objects[0]).toMatchObject({
      action: 'replace',
      changes: [{ path: 'data.a' }],
    });
    const claim = { ...wanted({}), kind: 'PersistentVolumeClaim' };
    const refused = computePlan(survey([claim], []), new Map([[keyOf(claim), answer]]), { allowReplace: true });
    expect(refused.problems).toMatchObject([{ code: 'FIELD_IMMUTABLE', remedy: expect.stringContaining('new name') }]);
  });

  it('makes an HPA anew that a ScaledObject has taken over, where that leaves the release', () => {
    const hpa: KubeObject = { ...wanted({}), apiVersion: 'autoscaling/v2', kind: 'HorizontalPodAutoscaler' };
    const taken = { ...hpa, metadata: { name: 'a', namespace: 'n', uid: 'h' } };
    const holder = live({}, 's');
    const scaledObject: KubeObject = {
      ...holder,
      apiVersion: 'keda.sh/v1alpha1',
      kind: 'ScaledObject',
      metadata: { ...holder.metadata, annotations: { 'scaledobject.keda.sh/transfer-hpa-ownership': 'true' } },
      spec: { advanced: { horizontalPodAutoscalerConfig: { name: 'a' } } },
    };
    const answer: DryRun = { kind: 'conflict', conflicts: [{ field: '.spec', manager: 'keda' }], existing: taken };
    const planned = (objects: KubeObject[]) => computePlan(survey(objects, [scaledObject]), new Map([[keyOf(hpa), answer]]));
    const [back, leaving] = planned([hpa]).objects;
    expect(back).toMatchObject({ action: 'create', terminating: taken, heldBy: scaledObject, conflicts: [] });
    expect(back?.live).toBeUndefined();
    expect(leaving).toMatchObject({ action: 'delete', live: scaledObject });
    expect(planned([hpa]).problems).toEqual([]);
    expect(planned([hpa, scaledObject]).problems).toMatchObject([{ code: 'OWNED_ELSEWHERE' }]);
  });

  it('deletes what is gone from the manifests when it is ours, and nothing else', () => {
    const foreign = { ...live({}, 'foreign'), metadata: { name: 'foreign', namespace: 'n', labels: { [RELEASE_LABEL]: 'r' } } };
    const made = live({}, 'made');
    const child = { ...made, metadata: { ...made.metadata, ownerReferences: [{ uid: 'o' }] } };
    const going = { ...live({}, 'x'), metadata: { ...live({}, 'x').metadata, deletionTimestamp: '2026-01-01T00:00:00Z' } };
    const planned = computePlan(survey([], [live({ a: '1' }), foreign, child, going]), new Map());
    expect(planned.objects.map(({ key, action }) => [key, action])).toEqual([
      ['/ConfigMap/n/a', 'delete'],
      ['/ConfigMap/n/made', 'delete'],
    ]);
    expect(countsOf(planned)).toEqual({ create: 0, change: 0, replace: 0, delete: 2 });
  });

  it.each([
    ['cdk8s-serving/keep', 'true'],
    ['helm.sh/resource-policy', 'keep'],
    ['argocd.argoproj.io/sync-options', 'Replace=true,Prune=false'],
    ['argocd.argoproj.io/sync-options', 'Delete=false'],
    ['kustomize.toolkit.fluxcd.io/prune', 'disabled'],
    ['kapp.k14s.io/delete-strategy', 'orphan'],
  ])('lets an object go that %s=%s keeps', (annotation, value) => {
    const object = live({ a: '1' });
    const kept = { ...object, metadata: { ...object.metadata, annotations: { [annotation]: value } } };
    const [planned] = computePlan(survey([], [kept]), new Map(), { pruneData: true }).objects;
    expect([planned?.action, planned?.keptBy]).toEqual(['orphan', annotation]);
  });

  it('deletes data only with consent, and never what the manifests still need', () => {
    const as = (kind: string, apiVersion: string, name: string, spec?: object): KubeObject => {
      const { managedFields } = live({}).metadata;
      return { apiVersion, kind, metadata: { name, uid: name, managedFields }, ...(spec ? { spec } : {}) };
    };
    const definition = as('CustomResourceDefinition', 'apiextensions.k8s.io/v1', 'ws.x.io', {
      group: 'x.io',
      names: { kind: 'W' },
    });
    const custom = { apiVersion: 'x.io/v1', kind: 'W', metadata: { name: 'w', namespace: 'n' } };
    const codesOf = (objects: KubeObject[], there: KubeObject[], pruneData: boolean) =>
      computePlan(survey(objects, there), new Map(), { pruneData }).problems.map(({ code }) => code);
    for (const kind of ['PersistentVolumeClaim', 'PersistentVolume', 'Namespace']) {
      expect([kind, codesOf([], [as(kind, 'v1', 'other')], false)]).toEqual([kind, ['DATA_NEEDS_CONSENT']]);
      expect([kind, codesOf([], [as(kind, 'v1', 'other')], true)]).toEqual([kind, []]);
    }
    expect(codesOf([], [definition], false)).toEqual(['DATA_NEEDS_CONSENT']);
    expect(codesOf([custom], [definition], true)).toEqual(['DATA_IN_USE']);
    expect(codesOf([], [as('Namespace', 'v1', 'n')], true)).toEqual(['DATA_IN_USE']);
    expect(codesOf([wanted({})], [as('Namespace', 'v1', 'm'), as('Namespace', 'v1', 'n')], true)).toEqual(['DATA_IN_USE']);
  });

  it.each([
    ['another release', { labels: { [RELEASE_LABEL]: 'other' } }, 'the release other of n'],
    [
      'a release of the same name elsewhere',
      { labels: { [RELEASE_LABEL]: 'r', [RELEASE_NAMESPACE_LABEL]: 'm' } },
      'the release r of m',
    ],
    ['helm', { annotations: { 'meta.helm.sh/release-name': 'h' } }, 'the Helm release h'],
    ['nobody', {}, 'no release of this tool'],
  ])('refuses an existing object of %s, unless it is to be adopted', (_whose, meta, words) => {
    const existing = { ...wanted({ a: '1' }), metadata: { name: 'a', namespace: 'n', uid: 'u', resourceVersion: '1', ...meta } };
    const answer: DryRun = { kind: 'accepted', object: live({ a: '2' }), conflicts: [], existing };
    const found = survey([wanted({ a: '2' })], []);
    expect(computePlan(found, said(answer)).problems).toMatchObject([
      { code: 'OWNED_ELSEWHERE', message: expect.stringContaining(words) },
    ]);
    expect(computePlan(found, said(answer), { adopt: true }).objects[0]?.action).toBe('change');
  });

  it('binds its digest to manifests, actions and what was seen', () => {
    const base = computePlan(survey([wanted({ a: '2' })], [live({ a: '1' })]), said(accepted(live({ a: '2' })))).digest;
    const other = computePlan(survey([wanted({ a: '3' })], [live({ a: '1' })]), said(accepted(live({ a: '3' })))).digest;
    const seen = computePlan(survey([wanted({ a: '2' })], [live({ a: '0' })]), said(accepted(live({ a: '2' })))).digest;
    const again = computePlan(survey([wanted({ a: '2' })], [live({ a: '1' })]), said(accepted(live({ a: '2' })))).digest;
    expect(new Set([base, other, seen]).size).toBe(3);
    expect(again).toBe(base);
  });
});

describe('what needs no question to the API server', () => {
  const [manifest, there] = [wanted({ a: '1' }), live({ a: '1' })];
  const recorded = recordOf(manifest);

  it('an object that is as recorded and as wanted', () => {
    expect(isUnchanged(wanted({ a: '1' }), there, recorded, false)).toBe(true);
  });
  it.each([
    ['another manifest', wanted({ a: '2' }), there, recorded],
    ['an edited value', manifest, live({ a: '9' }), recorded],
    ['a field taken away', manifest, { ...there, metadata: { ...there.metadata, managedFields: [] } }, recorded],
    ['an object made anew', manifest, live({ a: '1' }, 'a', 'other'), recorded],
    ['nothing in the record', manifest, there, undefined],
  ])('but not with %s', (_title, object, now, known) => {
    expect(isUnchanged(object, now, known, false)).toBe(false);
  });
  it.each([
    ['a manifest that was never applied', wanted({ a: '2' }), there],
    ['an edited value', manifest, live({ a: '9' })],
    ['a field that the manifest has no more', wanted({}), there],
  ])('but not with a record that passes off %s as released', (_title, object, now) => {
    expect(isUnchanged(object, now, recordOf(object), false)).toBe(false);
  });
});

describe('replicas of an object that an autoscaler scales', () => {
  const workload = (replicas: number, owned: boolean): KubeObject => ({
    ...wanted({}),
    metadata: {
      ...wanted({}).metadata,
      managedFields: [
        { manager: 'cdk8s-serving', operation: 'Apply', fieldsV1: { 'f:spec': owned ? { 'f:replicas': {} } : {} } },
      ],
    },
    spec: { replicas },
  });
  it('are as wanted at first, kept while only we own them, left out once the autoscaler does', () => {
    const object = { ...wanted({}), spec: { replicas: 2 } };
    expect(manifestFor(object, undefined, true)).toBe(object);
    expect(manifestFor(object, workload(5, true), true).spec).toEqual({ replicas: 5 });
    expect(manifestFor(object, workload(5, false), true).spec).toEqual({});
    expect(manifestFor(object, workload(5, true), false).spec).toEqual({ replicas: 2 });
  });
  it('are left to whoever they are yielded to', () => {
    expect(
      manifestFor({ ...wanted({}), spec: { replicas: 2, paused: true } }, undefined, false, { ignore: ['.spec.replicas'] }).spec,
    ).toEqual({ paused: true });
  });
});

describe('a saved plan', () => {
  const found = survey([wanted({ a: '2' }), wanted({ b: '1' }, 'b')], [live({ a: '1' }), live({ b: '1' }, 'b')]);
  const answers = new Map([...said(accepted(live({ a: '2' }))), ...said(accepted(live({ b: '1' }, 'b')), 'b')]);
  const planned = computePlan(found, answers);
  it('holds as long as nothing has changed', () => {
    const file = toPlanFile(planned, found.desired, {});
    expect(staleness(file, planned)).toEqual([]);
    expect(changesOf(planned)).toHaveLength(1);
  });
  it('names exactly the objects that have', () => {
    const file = toPlanFile(planned, found.desired, {});
    const later = survey([...found.desired.objects], [live({ a: '5' }), live({ b: '1' }, 'b')]);
    expect(staleness(file, computePlan(later, answers))).toMatchObject([{ code: 'PLAN_STALE', subject: 'ConfigMap/n/a' }]);
  });
  it('is not made of Secrets', () => {
    const secret = { ...wanted({ a: '1' }), kind: 'Secret' };
    const secretive = survey([secret], []);
    expect(() => toPlanFile(computePlan(secretive, new Map([[keyOf(secret), accepted(secret)]])), secretive.desired, {})).toThrow(
      'no secret values',
    );
  });
});
