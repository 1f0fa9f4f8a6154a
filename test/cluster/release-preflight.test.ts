import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { formatProblem as text } from '../../lib/errors/problem';
import type { KubeObject } from '../../lib/kube/object';
import { type Proposal, plan, type ReleaseOptions } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster, writesOf } from '../release/harness';
import { deployment, folder, gate, report, type StackOptions, stack } from '../release/manifests';

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

  it('tries every pod where a policy or a webhook judges pods, because it may look at any value', async () => {
    const namespace = await fresh();
    const many = (count: number) =>
      Array.from({ length: count }, (_, index) =>
        deployment(`m${index}`, { namespace, image: `registry.test/m:${index}`, sim: { team: `t${index}` } }),
      ).map((object) => ({
        ...object,
        metadata: { ...object.metadata, labels: { ...object.metadata.labels, 'cdk8s-serving/release': 'many' } },
      }));
    const tried = async (count: number) => {
      cluster.requests();
      const { problems } = await plan(cluster.engine, folder(many(count)));
      const requests = cluster.requests();
      const pods = requests.filter(({ uri, verb }) => verb === 'create' && /[/]pods\b/.test(uri)).length;
      return { refused: problems.map(({ code, subject }) => `${code} ${subject}`), pods, requests: requests.length };
    };
    const without = await tried(40);
    expect([without.refused, without.pods]).toEqual([[], 1]);

    const policy = `no-7-${namespace}`;
    const kind = { apiVersion: 'admissionregistration.k8s.io/v1', metadata: { name: policy } };
    await make([
      {
        ...kind,
        kind: 'ValidatingAdmissionPolicy',
        spec: {
          failurePolicy: 'Fail',
          matchConstraints: {
            resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
          },
          validations: [
            { expression: "!object.spec.containers.exists(c, c.image.endsWith(':7'))", message: 'version 7 is recalled' },
          ],
        },
      },
      {
        ...kind,
        kind: 'ValidatingAdmissionPolicyBinding',
        spec: {
          policyName: policy,
          validationActions: ['Deny'],
          matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
        },
      },
    ]);
    // The API server takes a moment to enforce a policy.
    let judged = await tried(40);
    for (let tries = 0; tries < 40 && judged.refused.length === 0; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      judged = await tried(40);
    }
    await cluster.kubectl('delete', 'validatingadmissionpolicy,validatingadmissionpolicybinding', policy);
    expect([judged.refused, judged.pods]).toEqual([['POD_REFUSED Deployment/m7'], 40]);
  });

  it('tells which pods keep their settings, because nothing in their template changes', async () => {
    const namespace = await fresh();
    const meta = (name: string) => ({ name, namespace });
    const settings = (value: string): readonly KubeObject[] => [
      { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta('flags'), data: { mode: value } },
      { apiVersion: 'v1', kind: 'Secret', metadata: meta('token'), stringData: { key: value } },
    ];
    const mounted = { name: 'files', configMap: { name: 'flags' } };
    const reading = (name: string, more: object, pod: object = {}) =>
      deployment(name, { namespace, pod: { containers: [{ ...container, ...more }], ...pod } });
    const folderOf = (value: string) =>
      stack({
        namespace,
        more: [
          ...settings(value),
          reading('by-variable', { env: [{ name: 'X', valueFrom: { secretKeyRef: { name: 'token', key: 'key' } } }] }),
          reading('by-all', { envFrom: [{ configMapRef: { name: 'flags', optional: true } }] }),
          reading('by-path', { volumeMounts: [{ name: 'files', mountPath: '/a', subPath: 'mode' }] }, { volumes: [mounted] }),
          reading('by-files', { volumeMounts: [{ name: 'files', mountPath: '/a' }] }, { volumes: [mounted] }),
          reading('by-checksum', { args: [value], envFrom: [{ configMapRef: { name: 'flags' } }] }),
        ],
      });
    expect((await cluster.apply(folderOf('one'))).result.outcome).toBe('succeeded');
    const { warnings = [] } = await plan(cluster.engine, folder(folderOf('two')));
    expect(warnings.map(({ code, subject, got }) => [code, subject, got])).toEqual([
      ['PODS_NOT_RESTARTED', 'Deployment/by-all', 'ConfigMap/flags'],
      ['PODS_NOT_RESTARTED', 'Deployment/by-path', 'ConfigMap/flags'],
      ['PODS_NOT_RESTARTED', 'Deployment/by-variable', 'Secret/token'],
    ]);
    expect((await plan(cluster.engine, folder(folderOf('one')))).warnings ?? []).toEqual([]);
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

  it('knows that a node port is taken by a Service of another namespace', async () => {
    const [namespace, other] = [await fresh(), await fresh()];
    const service = (name: string, place: string): KubeObject => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name, namespace: place },
      spec: { type: 'NodePort', selector: { app: 'x' }, ports: [{ port: 80, nodePort: 31_777 }] },
    });
    await make([service('there', other)]);
    const { problems, found } = await planOf(namespace, { more: [service('public', namespace)] });
    expect(problems.map(({ subject }) => subject)).toEqual(['Service/public']);
    expect(found).toContain('31777');
    expect(found).toContain('already allocated');
  });

  it('knows a claim that nothing will bind, one that takes one pod, and tells of one that takes one node', async () => {
    const namespace = await fresh();
    const claim = (name: string, storageClassName: string, mode: string) => ({
      apiVersion: 'v1',
      kind: 'PersistentVolumeClaim',
      metadata: { name, namespace },
      spec: { accessModes: [mode], storageClassName, resources: { requests: { storage: '1Gi' } } },
    });
    const storage = (name: string, provisioner: string, volumeBindingMode: string) => ({
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: `${namespace}-${name}` },
      provisioner,
      volumeBindingMode,
    });
    await make([
      storage('by-hand', 'kubernetes.io/no-provisioner', 'Immediate'),
      storage('local', 'kubernetes.io/no-provisioner', 'WaitForFirstConsumer'),
      storage('cloud', 'csi.cloud.test', 'Immediate'),
      claim('by-hand', `${namespace}-by-hand`, 'ReadWriteMany'),
      claim('gone', `${namespace}-gone`, 'ReadWriteMany'),
      claim('none', '', 'ReadWriteMany'),
      claim('local', `${namespace}-local`, 'ReadWriteMany'),
      claim('cloud', `${namespace}-cloud`, 'ReadWriteMany'),
      claim('one-pod', `${namespace}-cloud`, 'ReadWriteOncePod'),
      claim('one-node', `${namespace}-cloud`, 'ReadWriteOnce'),
    ]);
    const mounting = (name: string, replicas = 2) =>
      planOf(namespace, { replicas, pod: volume({ persistentVolumeClaim: { claimName: name } }) });
    const told = async (name: string, replicas?: number) => (await mounting(name, replicas)).found;
    expect(await told('by-hand')).toContain(`nothing provisions volumes of StorageClass ${namespace}-by-hand`);
    expect(await told('gone')).toContain(`there is no StorageClass ${namespace}-gone`);
    expect(await told('none')).toContain('it has no class that would provision one');
    expect(await told('one-pod')).toContain('takes one pod, and there are to be 2');
    expect(await told('one-pod', 1)).toBe('');
    for (const right of ['local', 'cloud']) expect([right, await told(right)]).toEqual([right, '']);
    const node = await mounting('one-node');
    expect([node.found, node.warnings?.map(({ code, message }) => [code, message])]).toEqual([
      '',
      [['CLAIM_NOT_SHARED', 'PersistentVolumeClaim one-node can be mounted on one node, and 2 pods are to mount it']],
    ]);
  });

  it('knows that no node takes a gate, or the candidate that it asks', async () => {
    const namespace = await fresh();
    const nowhere = { nodeSelector: { 'no.such/label': 'x' } };
    const job = gate({ namespace, report: report(0.94) });
    const spec = job.spec as { readonly template: { readonly spec: object } };
    const unplaced = { ...job, spec: { ...spec, template: { ...spec.template, spec: { ...spec.template.spec, ...nowhere } } } };
    const { problems } = await planOf(namespace, { gates: [unplaced] });
    expect(problems).toMatchObject([
      { code: 'ROLLOUT_INFEASIBLE', subject: 'Job/validate', message: 'no node would take its pods' },
    ]);
    expect((await planOf(namespace, { gates: [unplaced] }, { ignoreCapacity: true })).problems).toEqual([]);
    const candidate = gate({ namespace, phase: 'candidate', report: report(0.94) });
    expect((await planOf(namespace, { gates: [candidate], pod: nowhere })).problems.map(({ subject }) => subject)).toEqual(
      ['Deployment/fraud (candidate of a gate)', 'Deployment/fraud'].sort(),
    );
  });

  it('tells which autoscaler of the cluster scales what the manifests count, and how many pods would be lost', async () => {
    const namespace = await fresh();
    expect((await cluster.apply(stack({ namespace, replicas: 2 }))).result.outcome).toBe('succeeded');
    await make([
      {
        apiVersion: 'autoscaling/v2',
        kind: 'HorizontalPodAutoscaler',
        metadata: { name: 'by-hand', namespace },
        spec: { scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' }, minReplicas: 2, maxReplicas: 9 },
      },
    ]);
    await cluster.kubectl('scale', 'deployment/fraud', '-n', namespace, '--replicas=7');
    const { warnings = [] } = await planOf(namespace, { replicas: 2, version: 'v2' });
    expect(warnings).toMatchObject([
      {
        code: 'REPLICAS_WITH_AUTOSCALER',
        subject: 'Deployment/fraud',
        message:
          'HorizontalPodAutoscaler/by-hand of the cluster scales it, and has 7: the count of the manifest is not applied, which would take 5 of 7 pods away',
      },
    ]);
  });
});
