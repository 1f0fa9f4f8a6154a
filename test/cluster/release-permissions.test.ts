import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connect } from '../../lib/client';
import { apply, list, plan, systemHost, toPlanFile } from '../../lib/release';
import { PART_LABEL } from '../../lib/release/record/store';
import { hasCluster } from '../harness/cluster';
import { course, type ReleaseCluster, releaseCluster, serving, writesOf } from '../release/harness';
import { folder, stack } from '../release/manifests';

const VALUE = 'hunter2-correct-horse';

describe.skipIf(!hasCluster)('what a release may do, and what it never tells', () => {
  let cluster: ReleaseCluster;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  /** A user whose role allows everything in a namespace that these rules say. */
  const userWith = async (namespace: string, rules: readonly string[][]) => {
    await cluster.kubectl('-n', namespace, 'create', 'serviceaccount', 'ci');
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'ci', namespace },
      rules: rules.map(([group = '', ...resources]) => ({ apiGroups: [group], resources, verbs: ['*'] })),
    };
    await cluster.kubectl('apply', '-f', folder([role]));
    await cluster.kubectl('-n', namespace, 'create', 'rolebinding', 'ci', '--role=ci', `--serviceaccount=${namespace}:ci`);
    const token = (await cluster.kubectl('-n', namespace, 'create', 'token', 'ci')).trim();
    const admin = (await import('../../lib/client')).loadConnection({ kubeconfig: cluster.kubeconfig });
    return connect({ connection: { ...admin, auth: { token } } });
  };

  it('refuses a user who may change all but one kind, before the first write', async () => {
    const namespace = await cluster.namespace('rbac');
    const api = await userWith(namespace, [
      ['', 'secrets', 'configmaps', 'serviceaccounts', 'pods'],
      ['apps', 'deployments'],
      ['coordination.k8s.io', 'leases'],
      ['autoscaling', 'horizontalpodautoscalers'],
      ['', 'events'],
    ]);
    cluster.requests();
    const refused = await course(apply({ api, host: systemHost() }, folder(stack({ namespace }))));
    await api.close();
    expect(refused.exitCode).toBe(3);
    expect(refused.message).toContain('list Service in rbac: 403');
    expect(writesOf(cluster.requests())).toEqual([]);
    expect([...(await cluster.objects(namespace, 'deployment,configmap')).keys()]).toEqual(['ConfigMap/kube-root-ca.crt']);
  });

  it('refuses a user who may apply, but could not undo it', async () => {
    const namespace = await cluster.namespace('no-undo');
    await cluster.kubectl('-n', namespace, 'create', 'serviceaccount', 'half');
    const rule = (apiGroup: string, resource: string, ...verbs: string[]) => ({
      apiGroups: [apiGroup],
      resources: [resource],
      verbs,
    });
    const all = ['get', 'list', 'watch', 'create', 'update', 'patch'];
    const rules = [
      rule('', 'secrets', ...all, 'delete'),
      rule('coordination.k8s.io', 'leases', ...all),
      rule('', 'configmaps', ...all),
      rule('', 'services', ...all, 'delete'),
      rule('', 'serviceaccounts', ...all, 'delete'),
      rule('', 'pods', ...all),
      rule('apps', 'deployments', ...all, 'delete'),
      rule('apps', 'replicasets', ...all),
      rule('', 'events', ...all),
    ];
    await cluster.kubectl(
      'apply',
      '-f',
      folder([{ apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'half', namespace }, rules }]),
    );
    await cluster.kubectl('-n', namespace, 'create', 'rolebinding', 'half', '--role=half', `--serviceaccount=${namespace}:half`);
    const token = (await cluster.kubectl('-n', namespace, 'create', 'token', 'half')).trim();
    const admin = (await import('../../lib/client')).loadConnection({ kubeconfig: cluster.kubeconfig });
    const api = await connect({ connection: { ...admin, auth: { token } } });
    const refused = await course(apply({ api, host: systemHost() }, folder(stack({ namespace }))));
    await api.close();
    expect(refused.result.problems).toMatchObject([
      { code: 'PERMISSION_MISSING', subject: `ConfigMap in ${namespace}`, message: expect.stringContaining('delete') },
    ]);
    expect([...(await cluster.objects(namespace, 'deployment,lease,secret')).keys()]).toEqual([]);
  });

  it('leaves objects of others alone, and says whose they are', async () => {
    const namespace = await cluster.namespace('foreign');
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'fraud', '--from-literal=a=b');
    const refused = await cluster.apply(stack({ namespace }));
    expect(refused.result.problems).toMatchObject([{ code: 'OWNED_ELSEWHERE', subject: 'ConfigMap/fraud' }]);
    expect((await cluster.apply(stack({ namespace, release: 'other' }))).exitCode).toBe(0);
    await cluster.kubectl('-n', namespace, 'label', 'configmap', 'fraud', 'cdk8s-serving/release=other');
    expect((await cluster.apply(stack({ namespace }))).message).toContain('the release other');
    expect((await cluster.apply(stack({ namespace }), { adopt: true })).exitCode).toBe(0);
  });

  it('shows a conflict with its field and manager, and takes or leaves the field as it is told', async () => {
    const namespace = await cluster.namespace('conflict');
    await cluster.apply(stack({ namespace }));
    const patch = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"fraud"},"data":{"EXTRA":"theirs"}}';
    const file = folder([{ ...JSON.parse(patch), metadata: { name: 'fraud', namespace } }]);
    await cluster.kubectl('apply', '--server-side', '--field-manager=tuner', '-f', file);
    const settings = { THRESHOLD: '0.75', EXTRA: 'ours' };
    const refused = await cluster.apply(stack({ namespace, settings }));
    expect(refused.exitCode).toBe(3);
    expect(refused.result.problems).toMatchObject([
      { code: 'FIELD_CONFLICT', subject: 'ConfigMap/fraud', path: 'data.EXTRA', message: expect.stringContaining('tuner') },
    ]);
    const dataOf = async () => (await cluster.objects(namespace, 'configmap')).get('ConfigMap/fraud')?.data;
    expect((await cluster.apply(stack({ namespace, settings, version: 'v2' }), { ignore: ['.data.EXTRA'] })).exitCode).toBe(0);
    expect(await dataOf()).toMatchObject({ EXTRA: 'theirs', VERSION: 'v2' });
    expect((await cluster.apply(stack({ namespace, settings, version: 'v3' }), { force: ['.data.EXTRA'] })).exitCode).toBe(0);
    expect(await dataOf()).toMatchObject({ EXTRA: 'ours', VERSION: 'v3' });
  });

  it('leaves the replicas to an autoscaler', async () => {
    const namespace = await cluster.namespace('scaled');
    const target = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' };
    const scaler = {
      apiVersion: 'autoscaling/v2',
      kind: 'HorizontalPodAutoscaler',
      metadata: { name: 'fraud', namespace },
      spec: { scaleTargetRef: target, minReplicas: 1, maxReplicas: 5 },
    };
    await cluster.apply(stack({ namespace, more: [scaler] }));
    await cluster.kubectl('-n', namespace, 'scale', 'deployment', 'fraud', '--replicas=3');
    expect((await cluster.apply(stack({ namespace, more: [scaler] }))).result.outcome).toBe('unchanged');
    expect((await cluster.apply(stack({ namespace, more: [scaler], version: 'v2' }))).message).toBe('');
    expect((await cluster.objects(namespace, 'deployment')).get('Deployment/fraud')?.spec).toMatchObject({ replicas: 3 });
    expect((await cluster.apply(stack({ namespace, more: [scaler], version: 'v2' }))).result.outcome).toBe('unchanged');
  });

  it('replaces what cannot be changed only with consent, and puts it back when the release fails', async () => {
    const namespace = await cluster.namespace('immutable');
    const config = (value: string) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'frozen', namespace },
      immutable: true,
      data: { value },
    });
    await cluster.apply(stack({ namespace, more: [config('a')] }));
    const refused = await cluster.apply(stack({ namespace, more: [config('b')] }));
    expect(refused.result.problems).toMatchObject([
      { code: 'FIELD_IMMUTABLE', subject: 'ConfigMap/frozen', remedy: expect.stringContaining('--allow-replace') },
    ]);
    const failed = await cluster.apply(stack({ namespace, more: [config('b')], image: 'registry.test/x:not-found' }), {
      allowReplace: true,
    });
    expect(failed.exitCode).toBe(5);
    expect((await cluster.objects(namespace, 'configmap')).get('ConfigMap/frozen')?.data).toEqual({ value: 'a' });
    expect((await cluster.apply(stack({ namespace, more: [config('b')] }), { allowReplace: true })).exitCode).toBe(0);
    expect((await cluster.objects(namespace, 'configmap')).get('ConfigMap/frozen')?.data).toEqual({ value: 'b' });
  });

  it('never tells a value of a Secret: not in records, plans, events, output', async () => {
    const namespace = await cluster.namespace('secrets');
    const secret = (value: string) => ({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'redis', namespace },
      stringData: { password: value },
    });
    await cluster.apply(stack({ namespace, more: [secret(VALUE)] }));
    const bad = { image: 'registry.test/x:not-found' };
    const manifests = folder(stack({ namespace, more: [secret(`${VALUE}-2`)], ...bad }));
    const outputs: string[] = [];
    for (const output of ['text', 'json', 'ndjson']) {
      outputs.push(JSON.stringify(await serving(cluster, 'plan', manifests, '-o', output).ended));
      outputs.push(JSON.stringify(await serving(cluster, 'apply', manifests, '-o', output).ended));
    }
    outputs.push(JSON.stringify(await serving(cluster, 'history', 'fraud', '-n', namespace, '-o', 'json').ended));
    outputs.push(JSON.stringify(await serving(cluster, 'manifest', 'fraud', '-n', namespace).ended));
    outputs.push(JSON.stringify(await list(cluster.engine, namespace)));
    const records = await cluster.engine.api.list({
      apiVersion: 'v1',
      kind: 'Secret',
      namespace,
      labelSelector: 'cdk8s-serving/record',
    });
    for (const { data } of records.items) outputs.push(...(await unpacked(data)));
    const encoded = Buffer.from(VALUE).toString('base64').slice(0, 16);
    for (const text of outputs) for (const needle of [VALUE, encoded]) expect(text).not.toContain(needle);
    // The failed releases have put the first value back, and what was kept aside for that is gone.
    const live = (await cluster.objects(namespace, 'secret')).get('Secret/redis');
    expect(live?.data).toEqual({ password: Buffer.from(VALUE).toString('base64') });
    expect(records.items.map(({ metadata }) => metadata.labels?.[PART_LABEL])).not.toContain('aside');
    const proposal = await plan(cluster.engine, manifests);
    expect(() => toPlanFile(proposal.plan, proposal.desired, {})).toThrow('no secret values');
  });

  it('applies a saved plan, and refuses it for exactly the objects that have changed since', async () => {
    const namespace = await cluster.namespace('saved');
    await cluster.apply(stack({ namespace }));
    const file = `${folder([])}/plan.json`;
    const planned = await serving(cluster, 'plan', folder(stack({ namespace, version: 'v2' })), '--save', file, '--exit-code')
      .ended;
    expect(planned.code).toBe(2);
    expect(planned.stdout).toContain('data.VERSION: v1 → v2');
    await cluster.kubectl('-n', namespace, 'patch', 'configmap', 'fraud', '-p', '{"data":{"VERSION":"by hand"}}');
    const refused = await serving(cluster, 'apply', file, '-o', 'json').ended;
    expect(refused.code).toBe(3);
    expect(JSON.parse(refused.stdout).problems).toMatchObject([
      { code: 'PLAN_STALE', subject: expect.stringContaining('ConfigMap') },
    ]);
    await serving(cluster, 'apply', folder(stack({ namespace }))).ended;
    await serving(cluster, 'plan', folder(stack({ namespace, version: 'v2' })), '--save', file).ended;
    expect((await serving(cluster, 'apply', file).ended).code).toBe(0);
    expect((await cluster.objects(namespace, 'configmap')).get('ConfigMap/fraud')?.data).toMatchObject({ VERSION: 'v2' });
  });
});

async function unpacked(data: unknown): Promise<string[]> {
  const { gunzipSync } = await import('node:zlib');
  return Object.values(data as Record<string, string>).map((value) => {
    const bytes = Buffer.from(value, 'base64');
    const packed = bytes[0] === 0x1f ? bytes : Buffer.from(bytes.toString('utf8'), 'base64');
    return gunzipSync(packed).toString('utf8');
  });
}
