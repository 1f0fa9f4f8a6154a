import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem as text } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import { type Proposal, plan, type ReleaseOptions } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster, writesOf } from '../release/harness';
import { folder, gate, report, type StackOptions, stack } from '../release/manifests';

const container = { name: 'server', image: 'registry.test/fraud:v1', resources: { requests: { cpu: '10m', memory: '16Mi' } } };
const env = (valueFrom: object) => ({ containers: [{ ...container, env: [{ name: 'X', valueFrom }] }] });
const volume = (source: object) => ({ volumes: [{ name: 'v', ...source }] });

describe.skipIf(!hasCluster)('the plan', () => {
  let cluster: ReleaseCluster;
  let count = 0;
  beforeAll(async () => {
    cluster = await releaseCluster();
  });
  afterAll(() => cluster?.down());

  const make = async (objects: readonly object[]) => {
    if (objects.length > 0) await cluster.kubectl('apply', '-f', folder(objects as readonly KubeObject[]));
  };
  const planOf = async (
    namespace: string,
    more: Omit<StackOptions, 'namespace'>,
    options: ReleaseOptions = {},
  ): Promise<Proposal & { readonly found: string }> => {
    const proposal = await plan(cluster.engine, folder(stack({ namespace, ...more })), options);
    return { ...proposal, found: proposal.problems.map(text).join('\n') };
  };
  const fresh = () => cluster.namespace(`preflight-${++count}`);

  it.each<[string, Record<string, unknown>, string]>([
    ['a claim', volume({ persistentVolumeClaim: { claimName: 'models' } }), 'there is no PersistentVolumeClaim models'],
    ['a Secret', env({ secretKeyRef: { name: 'token', key: 'key' } }), 'there is no Secret token'],
    ['a ConfigMap', volume({ configMap: { name: 'flags' } }), 'there is no ConfigMap flags'],
    ['a ServiceAccount', { serviceAccountName: 'loader' }, 'there is no ServiceAccount loader'],
    ['a pull secret', { imagePullSecrets: [{ name: 'registry' }] }, 'there is no Secret registry'],
    ['a PriorityClass', { priorityClassName: 'high' }, 'there is no PriorityClass high'],
    ['a RuntimeClass', { runtimeClassName: 'nvidia' }, 'there is no RuntimeClass nvidia'],
  ])('knows that %s is missing, once, and with --ignore-missing lets it be', async (_name, pod, message) => {
    const namespace = await fresh();
    const { problems, found } = await planOf(namespace, { pod });
    expect(found).toContain(message);
    expect(problems.map(({ code }) => code)).toEqual(['REFERENCE_MISSING']);
    expect((await planOf(namespace, { pod }, { ignoreMissing: true })).found).toBe('');
  });

  it('knows that a key, a StorageClass, an IngressClass, a TLS Secret and a Service of another namespace are missing', async () => {
    const [namespace, other] = [await fresh(), await fresh()];
    await make([{ apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace }, stringData: { tokens: 'x' } }]);
    const url = { containers: [{ ...container, env: [{ name: 'URL', value: `http://features.${other}.svc:80/v1` }] }] };
    const meta = { name: 'fraud', namespace };
    const claim = { accessModes: ['ReadWriteOnce'], storageClassName: 'fast', resources: { requests: { storage: '1Gi' } } };
    const more = [
      { apiVersion: 'v1', kind: 'PersistentVolumeClaim', metadata: meta, spec: claim },
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'Ingress',
        metadata: meta,
        spec: {
          ingressClassName: 'nginx',
          tls: [{ hosts: ['a.test'], secretName: 'a-tls' }],
          defaultBackend: { service: { name: 'fraud', port: { number: 80 } } },
        },
      },
    ];
    const { found } = await planOf(namespace, { pod: url, more });
    for (const missing of ['StorageClass fast', 'IngressClass nginx', 'Secret a-tls', 'Service features'])
      expect(found).toContain(`there is no ${missing}`);
    const keyed = await planOf(namespace, { pod: env({ secretKeyRef: { name: 'token', key: 'token' } }) });
    expect(keyed.found).toContain(`Secret token in namespace ${namespace} has no key token`);
    expect(keyed.problems[0]).toMatchObject({ expected: 'tokens', nearest: 'tokens' });
  });

  it('leaves optional references, what comes with the release, and what its objects make in peace', async () => {
    const namespace = await fresh();
    const meta = (name: string) => ({ name, namespace });
    const more = [
      { apiVersion: 'v1', kind: 'Secret', metadata: meta('token'), stringData: { key: 'x' } },
      { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', metadata: { name: `own-${namespace}` }, value: 10 },
      {
        apiVersion: 'batch/v1',
        kind: 'Job',
        metadata: meta('certificates'),
        spec: {
          template: {
            spec: { restartPolicy: 'Never', containers: [{ ...container, args: ['create', '--secret-name=webhook-cert'] }] },
          },
        },
      },
    ];
    const pod = {
      priorityClassName: `own-${namespace}`,
      serviceAccountName: 'fraud',
      containers: [
        {
          ...container,
          env: [
            { name: 'A', valueFrom: { secretKeyRef: { name: 'token', key: 'key' } } },
            { name: 'B', valueFrom: { secretKeyRef: { name: 'nobody', key: 'key', optional: true } } },
          ],
        },
      ],
      ...volume({ secret: { secretName: 'webhook-cert' } }),
    };
    expect((await planOf(namespace, { pod, more })).found).toBe('');
  });

  it('tries the pods: a LimitRange, a quota and a Pod Security level that refuse them, with nothing written', async () => {
    const limited = await fresh();
    await make([
      {
        apiVersion: 'v1',
        kind: 'LimitRange',
        metadata: { name: 'small', namespace: limited },
        spec: { limits: [{ type: 'Container', max: { memory: '8Mi' } }] },
      },
    ]);
    cluster.requests();
    const { problems, found } = await planOf(limited, {});
    expect(problems).toMatchObject([{ code: 'POD_REFUSED', subject: 'Deployment/fraud' }]);
    expect(found).toContain('must be less than or equal to memory limit of 8Mi');
    expect(writesOf(cluster.requests())).toEqual([]);
    expect(await cluster.kubectl('get', 'pods', '-n', limited, '-o', 'name')).toBe('');

    const quota = await fresh();
    await make([
      {
        apiVersion: 'v1',
        kind: 'ResourceQuota',
        metadata: { name: 'q', namespace: quota },
        spec: { hard: { 'limits.memory': '8Gi' } },
      },
    ]);
    expect((await planOf(quota, {})).found).toContain('must specify limits.memory');

    const strict = await fresh();
    await cluster.kubectl('label', 'namespace', strict, 'pod-security.kubernetes.io/enforce=restricted');
    const gates = [gate({ namespace: strict, report: report(0.94) })];
    const refused = await planOf(strict, { gates });
    expect(refused.problems.map(({ code, subject }) => [code, subject])).toEqual([
      ['POD_REFUSED', 'Deployment/fraud'],
      ['POD_REFUSED', 'Job/validate'],
    ]);
  });

  it('knows a namespace that does not exist, unless apply will create it', async () => {
    expect((await planOf('nowhere', {})).problems).toMatchObject([{ code: 'NAMESPACE_MISSING' }]);
    expect((await planOf('nowhere', {}, { createNamespace: true })).problems).toEqual([]);
  });

  it('asks nothing more when nothing has changed, and tries equal pods once', async () => {
    const namespace = await fresh();
    expect((await cluster.apply(stack({ namespace }))).result.outcome).toBe('succeeded');
    cluster.requests();
    expect((await cluster.apply(stack({ namespace }))).result.outcome).toBe('unchanged');
    expect(cluster.requests().length).toBeLessThanOrEqual(8);
    const many = Array.from({ length: 20 }, (_, index) =>
      stack({ namespace, release: `m${index}`, image: 'registry.test/fraud:v1' }),
    );
    const objects = many.flat().map((object) => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'cdk8s-serving/release': 'many' } },
    }));
    cluster.requests();
    expect((await plan(cluster.engine, folder(objects))).problems).toEqual([]);
    expect(cluster.requests().filter(({ uri }) => uri.includes('/pods'))).toHaveLength(1);
  });
});
