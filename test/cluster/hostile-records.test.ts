import { generateKeyPairSync } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { digestOf } from '../../lib/kube/digest';
import { at, fieldsAt, listAt, textAt } from '../../lib/kube/fields';
import { displayName, type KubeObject } from '../../lib/kube/object';
import { apply, history, list, repair, rollback, status, uninstall } from '../../lib/release';
import type { Head, Journal, JournalStep } from '../../lib/release/model/record';
import type { Revision } from '../../lib/release/model/revision';
import { pack } from '../../lib/release/record/packing';
import { recordSigner, signerFrom } from '../../lib/release/record/signing';
import { Store } from '../../lib/release/record/store';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster, writesOf } from '../release/harness';
import { folder, gate, report, stack } from '../release/manifests';

const RBAC = 'rbac.authorization.k8s.io';
const binding = (name: string, namespace?: string): KubeObject => ({
  apiVersion: `${RBAC}/v1`,
  kind: namespace === undefined ? 'ClusterRoleBinding' : 'RoleBinding',
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
  roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: namespace === undefined ? 'cluster-admin' : 'edit' },
  subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'attackers' }],
});

describe.skipIf(!hasCluster)('records that somebody with few rights has written', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
    await cluster.namespace('attackers');
  });
  afterAll(() => cluster?.down());

  const store = (namespace: string, release = 'fraud') => new Store(cluster.engine, release, namespace);

  /** Installs a release, then changes its record as anybody can who may write Secrets. */
  const forge = async (namespace: string, change: (head: Head) => Partial<Head> | Promise<Partial<Head>>, version = 'v1') => {
    await cluster.namespace(namespace);
    expect((await cluster.apply(stack({ namespace, version }))).exitCode).toBe(0);
    const there = await store(namespace).head();
    if (there === undefined) throw new Error('no record');
    await store(namespace).writeHead({ ...there.head, ...(await change(there.head)) }, there.resourceVersion);
    cluster.requests();
  };
  const journal = (head: Head, phase: Journal['phase'], ...steps: readonly JournalStep[]): Journal => {
    const [revision] = head.revisions;
    if (revision === undefined) throw new Error('no revision');
    return { revision: { ...revision, revision: 2 }, phase, steps, run: 'abc', temporary: [] };
  };
  const stepFor = (action: JournalStep['action'], before: KubeObject): JournalStep => {
    const { apiVersion, kind, metadata } = before;
    const { name, namespace } = metadata;
    return { action, object: { apiVersion, kind, name, ...(namespace === undefined ? {} : { namespace }) }, before };
  };
  const exists = async (...args: readonly string[]) => (await cluster.kubectl('get', ...args, '--ignore-not-found')) !== '';
  /** Writes besides those of record and lock. */
  const stackWrites = () => writesOf(cluster.requests()).filter(({ uri }) => !/\/(leases|secrets)\b/.test(uri));

  it('cannot have a ClusterRoleBinding created, with or without consent', async () => {
    const forged = binding('forged-admin');
    await forge('crb', (head) => ({ journal: journal(head, 'apply', stepFor('delete', forged)) }));
    await cluster.apply(stack({ namespace: 'crb' }));
    await forge('crb-agreed', (head) => ({ journal: journal(head, 'apply', stepFor('delete', forged)) }));
    await cluster.apply(stack({ namespace: 'crb-agreed' }), { recover: true });
    expect(await exists('clusterrolebinding', 'forged-admin')).toBe(false);
  });

  it.each(['a RoleBinding', 'a kind that the manifests do not have'])(
    'cannot have %s created without consent, which is asked for before any write',
    async (kind) => {
      const namespace = kind === 'a RoleBinding' ? 'rb' : 'pod';
      const pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'forged', namespace }, spec: { containers: [] } };
      const before = kind === 'a RoleBinding' ? binding('forged', namespace) : pod;
      await forge(namespace, (head) => ({ journal: journal(head, 'apply', stepFor('replace', before)) }));
      const refused = await cluster.apply(stack({ namespace, version: 'v2' }));
      expect(refused.exitCode).toBe(3);
      expect(refused.message).toMatch(/would recreate this object.*--recover.*RECOVERY_CONSENT/);
      expect(stackWrites()).toEqual([]);
      expect(refused.events).toContainEqual(
        expect.objectContaining({ type: 'recovering', steps: [{ object: `${before.kind}/forged`, action: 'recreate' }] }),
      );
    },
  );

  it('cannot have objects deleted that do not carry label and fields of the release, or whose uid it does not know', async () => {
    await cluster.kubectl('-n', 'attackers', 'create', 'configmap', 'precious');
    const namespace = await cluster.namespace('victims');
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'precious', '--from-literal=a=b');
    await cluster.kubectl('-n', namespace, 'label', 'configmap', 'precious', 'cdk8s-serving/release=fraud');
    const other: KubeObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'precious', namespace } };
    const uid = (await cluster.objects(namespace, 'configmap')).get('ConfigMap/precious')?.metadata.uid ?? '';
    await forge('thieves', (head) => ({
      journal: journal(
        head,
        'finish',
        stepFor('delete', other),
        stepFor('delete', { ...other, metadata: { ...other.metadata, namespace: 'attackers' } }),
        stepFor('delete', { ...other, metadata: { ...other.metadata, uid } }),
      ),
    }));
    await cluster.apply(stack({ namespace: 'thieves' }), { recover: true });
    expect(await exists('-n', namespace, 'configmap', 'precious')).toBe(true);
    expect(await exists('-n', 'attackers', 'configmap', 'precious')).toBe(true);
  });

  it('cannot delete an object of the release itself without the uid of the live one', async () => {
    const service: KubeObject = { apiVersion: 'v1', kind: 'Service', metadata: { name: 'fraud', namespace: 'nouid' } };
    await forge('nouid', (head) => ({ journal: journal(head, 'finish', stepFor('delete', service)) }));
    const before = (await cluster.objects('nouid', 'service')).get('Service/fraud')?.metadata.uid;
    const ended = await cluster.apply(stack({ namespace: 'nouid' }));
    expect((await cluster.objects('nouid', 'service')).get('Service/fraud')?.metadata.uid).toBe(before);
    expect(JSON.stringify(ended.events)).toContain('the record does not say which object it was');
  });

  it('cannot roll back to rights that were never released, without consent', async () => {
    await forge('back', async (head) => {
      const [first] = head.revisions;
      const manifest = {
        ...binding('forged-back'),
        metadata: { name: 'forged-back', labels: { 'cdk8s-serving/release': 'fraud' } },
      };
      const content = await store('back').putContent({ v: 1, objects: [{ manifest }], gates: [] });
      const old = (revision: Revision | undefined): readonly Revision[] =>
        revision === undefined
          ? []
          : [
              { ...revision, state: 'superseded', content },
              { ...revision, revision: 2 },
            ];
      return { revisions: old(first) };
    });
    const ended = await course(rollback(cluster.engine, { release: 'fraud', namespace: 'back' }));
    expect(ended.exitCode).toBe(3);
    expect(ended.message).toMatch(/ClusterRoleBinding\/forged-back.*RECOVERY_CONSENT/);
    expect(stackWrites()).toEqual([]);
    expect(await exists('clusterrolebinding', 'forged-back')).toBe(false);
  });

  it('cannot put a gate without thresholds in the place of the one in the manifests', async () => {
    const namespace = 'cache';
    await cluster.namespace(namespace);
    const strict = gate({ namespace, report: report(0.5) });
    const lax = { ...strict, metadata: { ...strict.metadata, annotations: { 'cdk8s-serving/gate': 'before' } } };
    const good = stack({ namespace, gates: [gate({ namespace, report: report(0.95) })] });
    expect((await cluster.apply(good)).exitCode).toBe(0);
    const next = stack({ namespace, version: 'v2', gates: [strict] });
    const there = await store(namespace).head();
    const [revision] = there?.head.revisions ?? [];
    if (there === undefined || revision === undefined) throw new Error('no record');
    // Every document's digest, as it was once kept, leads to the lax gate.
    const sources = next.map((object) => digestOf(JSON.stringify(object, null, 2)));
    const gates = sources.map((source) => ({ manifest: lax, source }));
    const content = await store(namespace).putContent({ v: 1, objects: [], gates });
    await store(namespace).writeHead({ ...there.head, revisions: [{ ...revision, content }] }, there.resourceVersion);
    expect((await cluster.apply(next)).exitCode).toBe(4);
  });

  it('cannot pass off a change, or an edited object, as released', async () => {
    const namespace = 'hidden';
    const next = stack({ namespace, version: 'v2' });
    /** What somebody writes who wants these manifests, on these live objects, to look like nothing to do. */
    const passedOff = async (head: Head) => {
      const revision = head.revisions.at(-1);
      if (revision === undefined) throw new Error('no revision');
      const live = await cluster.objects(namespace, 'deployment,service,configmap,serviceaccount');
      const objects = next.map((manifest) => {
        const there = live.get(displayName(manifest));
        const uid = there?.metadata.uid;
        if (uid === undefined) throw new Error('not there');
        return { manifest, uid };
      });
      return { revisions: [{ ...revision, content: await store(namespace).putContent({ v: 1, objects, gates: [] }) }] };
    };
    await forge(namespace, passedOff);
    const applied = await cluster.apply(next);
    expect(applied.result).toMatchObject({ outcome: 'succeeded', revision: { changes: { change: 2 } } });

    const edit = { spec: { template: { spec: { containers: [{ name: 'server', image: 'registry.test/evil:v1' }] } } } };
    await cluster.kubectl('-n', namespace, 'patch', 'deployment', 'fraud', '-p', JSON.stringify(edit));
    const there = await store(namespace).head();
    if (there === undefined) throw new Error('no record');
    // What the editor also has to forge is that the field is still this tool's.
    const { metadata } = (await cluster.objects(namespace, 'deployment')).get('Deployment/fraud') as KubeObject;
    const [mine] = listAt(metadata, 'managedFields').filter((entry) => textAt(entry, 'manager') === 'cdk8s-serving');
    const fieldsV1 = JSON.parse(
      JSON.stringify(at(mine, 'fieldsV1')).replace('"f:name":{}', '"f:image":{},"f:name":{}'),
    ) as unknown;
    await cluster.engine.api.merge(
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud', namespace },
      { metadata: { managedFields: [{ ...fieldsAt(mine), fieldsV1 }] } },
    );
    await store(namespace).writeHead({ ...there.head, ...(await passedOff(there.head)) }, there.resourceVersion);
    const { drift } = await status(cluster.engine, { release: 'fraud', namespace });
    expect(drift.map(({ object, fields }) => [object, fields.map(({ path }) => path)])).toEqual([
      ['Deployment/fraud', ['spec.template.spec.containers[name=server].image']],
    ]);
    expect((await cluster.apply(next)).result.outcome).toBe('succeeded');
    const restored = (await cluster.objects(namespace, 'deployment')).get('Deployment/fraud');
    expect(JSON.stringify(restored?.spec)).not.toContain('evil');
  });

  it('cannot hide other releases from a list, and are named in it', async () => {
    await forge('listed', () => ({}));
    const bomb = gzipSync(Buffer.alloc(4e8, 'a')).toString('base64');
    for (const [name, head] of [
      ['gzip', 'bm8='],
      ['null', pack({ v: 1, revisions: [null] })],
      ['bomb', bomb],
    ] as const) {
      const labels = { 'cdk8s-serving/record': name, 'cdk8s-serving/part': 'head' };
      const metadata = { name: `cdk8s-serving.${name}`, namespace: 'listed', labels };
      await cluster.engine.api.create({ apiVersion: 'v1', kind: 'Secret', metadata, data: { head } });
    }
    const listed = await list(cluster.engine, 'listed');
    expect(listed.heads.map(({ release }) => release)).toEqual(['fraud']);
    expect(listed.problems.map(({ code, subject }) => [code, subject]).sort()).toEqual([
      ['RECORD_DAMAGED', 'listed/bomb'],
      ['RECORD_DAMAGED', 'listed/gzip'],
      ['RECORD_DAMAGED', 'listed/null'],
    ]);
  });

  it('keeps releases apart whose names begin alike', async () => {
    const namespace = await cluster.namespace('alike');
    const secret = (name: string, value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name, namespace },
      stringData: { value },
    });
    for (const release of ['a', 'a.aside']) {
      for (const value of ['1', '2']) {
        const objects = [{ ...secret(release, value) }].map((object) => ({
          ...object,
          metadata: { ...object.metadata, labels: { 'cdk8s-serving/release': release } },
        }));
        expect((await cluster.apply(objects)).exitCode).toBe(0);
      }
    }
    expect((await list(cluster.engine, namespace)).heads.map(({ release }) => release).sort()).toEqual(['a', 'a.aside']);
    for (const release of ['a', 'a.aside']) expect(await history(cluster.engine, { release, namespace })).toHaveLength(2);
  });

  it.each(['damaged', 'lost', 'cut'])('can be made anew from live objects when they are %s', async (how) => {
    const namespace = how;
    const name = { release: 'fraud', namespace };
    await forge(namespace, () => ({}));
    const objects = stack({ namespace });
    if (how === 'damaged') {
      await cluster.kubectl('-n', namespace, 'patch', 'secret', 'cdk8s-serving.fraud', '-p', '{"data":{"head":"bm8="}}');
      const refused = await cluster.apply(objects);
      expect(refused.exitCode).toBe(3);
      expect(refused.message).toContain('serving repair fraud -n damaged');
      expect((await course(repair(cluster.engine, name))).exitCode).toBe(0);
    }
    if (how === 'lost') await cluster.kubectl('-n', namespace, 'delete', 'secret', '-l', 'cdk8s-serving/record=fraud');
    if (how === 'cut') await cluster.kubectl('-n', namespace, 'delete', 'secret', '-l', 'cdk8s-serving/part=content');
    const again = await cluster.apply(objects);
    expect(again.exitCode).toBe(0);
    if (how !== 'damaged') {
      const warned = again.events.flatMap((event) => (event.type === 'warning' ? [event.problem.code] : []));
      expect(warned).toContain(how === 'lost' ? 'RECORD_LOST' : 'RECORD_DAMAGED');
    }
    if (how === 'cut') expect((await course(repair(cluster.engine, name))).exitCode).toBe(0);
    const overview = await status(cluster.engine, name);
    expect(overview.objects.map(({ object }) => object).sort()).toEqual(objects.map(({ kind }) => `${kind}/fraud`).sort());
    expect((await course(uninstall(cluster.engine, name))).exitCode).toBe(0);
    expect(await exists('-n', namespace, 'deployment,service')).toBe(false);
  });

  it('are refused when they are not signed with the key at hand, also those of another namespace', async () => {
    const key = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
    const signer = signerFrom(key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
    if (signer === undefined) throw new Error('no signer');
    const engine = { ...cluster.engine, signer: recordSigner(signer, cluster.engine.api) };
    for (const namespace of ['signed', 'replayed']) {
      await cluster.namespace(namespace);
      expect((await course(apply(engine, folder(stack({ namespace }))))).exitCode).toBe(0);
      expect((await course(apply(engine, folder(stack({ namespace, version: 'v2' }))))).exitCode).toBe(0);
    }
    const there = await store('signed').head();
    await store('signed').writeHead({ ...(there?.head as Head), fence: 0 }, there?.resourceVersion);
    const refused = await course(apply(engine, folder(stack({ namespace: 'signed', version: 'v3' }))));
    expect(refused.exitCode).toBe(3);
    expect(refused.message).toMatch(/is not signed.*RECORD_UNSIGNED/);
    expect((await list(engine, 'signed')).problems).toMatchObject([{ code: 'RECORD_UNSIGNED' }]);
    expect((await course(repair(engine, { release: 'fraud', namespace: 'signed' }))).exitCode).toBe(0);
    expect((await course(apply(engine, folder(stack({ namespace: 'signed', version: 'v3' }))))).exitCode).toBe(0);
  });

  it('cannot block a release with a Lease that lasts for ever, or with the highest number there is', async () => {
    const namespace = await cluster.namespace('leases');
    const spec = { holderIdentity: '', leaseTransitions: 2 ** 31 - 1, leaseDurationSeconds: 2 ** 31 - 1 };
    const metadata = { name: 'cdk8s-serving.fraud', namespace };
    await cluster.engine.api.create({ apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata, spec });
    expect((await cluster.apply(stack({ namespace }))).exitCode).toBe(0);
  });
});
