import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { connect, type KubeApi, loadConnection } from '../../lib/client';
import type { KubeObject } from '../../lib/kube/object';
import { apply, plan, rollback, systemHost, uninstall } from '../../lib/release';
import { hasCluster } from '../harness/cluster';
import { ROOT } from '../harness/project';
import { course, type ReleaseCluster, releaseCluster, writesOf } from '../release/harness';
import { folder, gate, report, type StackOptions, stack } from '../release/manifests';

const ACCOUNTS = join(ROOT, 'lib/init/template/access/accounts.yaml');

/** What helps without being needed: logs explain a failure; a pod's dry run shows what admission adds to it. */
const OPTIONAL = ['get pods/log', 'create pods'];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}

/** One right of an account. */
interface Right {
  readonly apiGroups: readonly string[];
  readonly resource: string;
  readonly verb: string;
}

/** A stack with one object of each kind that the account may release, and a gate. */
function everyKind(options: StackOptions): readonly KubeObject[] {
  const { namespace } = options;
  const labels = { 'app.kubernetes.io/name': 'fraud' };
  const object = (apiVersion: string, kind: string, spec: object) => ({
    apiVersion,
    kind,
    metadata: { name: 'more', namespace, labels },
    spec,
  });
  const container = { name: 'cache', image: 'registry.test/redis:7', resources: { requests: { cpu: '1m', memory: '1Mi' } } };
  const own = { matchLabels: { 'app.kubernetes.io/name': 'more' } };
  const pod = { metadata: { labels: own.matchLabels }, spec: { containers: [container] } };
  const backend = { service: { name: 'fraud', port: { name: 'http' } } };
  return stack({
    ...options,
    more: [
      object('policy/v1', 'PodDisruptionBudget', { maxUnavailable: 1, selector: { matchLabels: labels } }),
      object('networking.k8s.io/v1', 'NetworkPolicy', { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'] }),
      object('networking.k8s.io/v1', 'Ingress', { defaultBackend: backend }),
      object('apps/v1', 'StatefulSet', { serviceName: 'fraud', replicas: 1, selector: own, template: pod }),
      object('autoscaling/v2', 'HorizontalPodAutoscaler', {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud' },
        maxReplicas: 2,
      }),
    ],
    gates: [gate({ namespace, report: report(0.95) })],
  });
}

describe.skipIf(!hasCluster)('the accounts of access/accounts.yaml', () => {
  let cluster: ReleaseCluster;
  const tokenOf = async (account: string, namespace: string) =>
    (await cluster.kubectl('-n', namespace, 'create', 'token', account)).trim();
  const as = async <T>(token: string, work: (api: KubeApi) => Promise<T>): Promise<T> => {
    const api = await connect({ connection: { ...loadConnection({ kubeconfig: cluster.kubeconfig }), auth: { token } } });
    return work(api).finally(() => api.close());
  };

  beforeAll(async () => {
    cluster = await releaseCluster();
    for (const name of ['fraud-model-staging', 'fraud-model-prod']) await cluster.namespace(name);
    await cluster.kubectl('apply', '-f', ACCOUNTS);
    // A policy takes effect a moment after it is there.
    await as(await tokenOf('serving-plan', 'fraud-model-prod'), async (api) => {
      const lease = {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'try', namespace: 'fraud-model-prod' },
      };
      while (
        await api.create(lease).then(
          () => true,
          (error: unknown) => !String(error).includes('may only dry-run'),
        )
      )
        await new Promise((resolve) => setTimeout(resolve, 50));
    });
  });
  afterAll(() => cluster?.down());

  it('the one of plans shows the whole plan, and can write nothing', async () => {
    const namespace = 'fraud-model-staging';
    const token = await tokenOf('serving-plan', namespace);
    cluster.requests();
    await as(token, async (api) => {
      const proposal = await plan({ api, host: systemHost() }, folder(everyKind({ namespace })));
      expect(proposal.problems).toEqual([]);
      expect(proposal.plan.objects.map(({ action }) => action)).toEqual(proposal.plan.objects.map(() => 'create'));
      expect(writesOf(cluster.requests())).toEqual([]);
      const refused = await course(apply({ api, host: systemHost() }, folder(everyKind({ namespace }))));
      expect([refused.exitCode, refused.message]).toEqual([3, expect.stringContaining('this account may only dry-run')]);
    });
    const kubeconfig = join(folder([]), 'kubeconfig');
    const config = parse(readFileSync(cluster.kubeconfig, 'utf8'));
    writeFileSync(kubeconfig, stringify({ ...config, users: [{ ...config.users[0], user: { token } }] }));
    const asPlan = (...args: readonly string[]): Promise<string> =>
      cluster.kubectl('--kubeconfig', kubeconfig, '-n', namespace, ...args).then(
        () => 'done',
        (error: { readonly stderr?: string }) => error.stderr ?? '',
      );
    const only = expect.stringContaining('may only dry-run');
    await cluster.kubectl('-n', namespace, 'create', 'configmap', 'there');
    expect(await asPlan('create', 'configmap', 'new')).toEqual(only);
    expect(await asPlan('patch', 'configmap', 'there', '-p', '{"data":{"a":"b"}}')).toEqual(only);
    expect(await asPlan('delete', 'configmap', 'there')).toEqual(only);
    expect(await asPlan('delete', 'secret', '--all')).not.toContain('deleted');
    expect(await asPlan('create', 'configmap', 'new', '--dry-run=server')).toBe('done');
    expect(await asPlan('run', 'pod', '--image=registry.test/x')).toEqual(only);
    // Nor can it make itself another account.
    expect(await asPlan('create', 'token', 'serving-release')).toContain('forbidden');
    expect(await asPlan('create', 'rolebinding', 'more', '--clusterrole=cluster-admin', '--user=x')).toContain('forbidden');
  });

  it('the one of releases plans, applies, undoes, rolls back and uninstalls', async () => {
    const namespace = 'fraud-model-prod';
    await as(await tokenOf('serving-release', namespace), async (api) => {
      const engine = { api, host: systemHost() };
      const release = (options: Partial<StackOptions>) => course(apply(engine, folder(everyKind({ namespace, ...options }))));
      expect(await release({ version: 'v1' })).toMatchObject({ exitCode: 0, message: '' });
      expect(await release({ version: 'v2' })).toMatchObject({ exitCode: 0, message: '' });
      expect((await plan(engine, folder(everyKind({ namespace, version: 'v3' })))).problems).toEqual([]);
      expect(await release({ version: 'v3', image: 'registry.test/x:not-found' })).toMatchObject({ exitCode: 5 });
      const name = { release: 'fraud', namespace };
      expect(await course(rollback(engine, name))).toMatchObject({ exitCode: 0, message: '' });
      expect(await course(uninstall(engine, name))).toMatchObject({ exitCode: 0, message: '' });
    });
    expect([...(await cluster.objects(namespace, 'deployment,service,ingress,secret')).keys()]).toEqual([]);
  });

  describe('with one right less', () => {
    /** Has an account without one right after the other do something; what it was not told of before the first write. */
    const untold = async (
      namespace: string,
      chosen: (right: Right) => boolean,
      work: (api: KubeApi) => Promise<{ readonly exitCode: number; readonly message: string }>,
    ): Promise<readonly string[]> => {
      const documents = parseAllDocuments(readFileSync(ACCOUNTS, 'utf8')).map((document) => document.toJS());
      const rules: readonly Rule[] = documents.find(({ kind }) => kind === 'ClusterRole').rules;
      const rights = rules.flatMap(({ apiGroups, resources, verbs }) =>
        resources.flatMap((resource) => verbs.map((verb): Right => ({ apiGroups, resource, verb }))),
      );
      await cluster.kubectl('-n', namespace, 'create', 'serviceaccount', 'less');
      await cluster.kubectl('-n', namespace, 'create', 'role', 'less', '--verb=get', '--resource=pods/log');
      const subject = `--serviceaccount=${namespace}:less`;
      await cluster.kubectl('-n', namespace, 'create', 'rolebinding', 'less', '--role=less', subject);
      const { api: admin } = cluster.engine;
      const found: string[] = [];
      await as(await tokenOf('less', namespace), async (api) => {
        for (const missing of rights.filter((right) => chosen(right) && !OPTIONAL.includes(`${right.verb} ${right.resource}`))) {
          const left = rights
            .filter((right) => right !== missing)
            .map(({ apiGroups, resource, verb }) => ({ apiGroups, resources: [resource], verbs: [verb] }));
          const role = { apiVersion: 'rbac.authorization.k8s.io/v1', kind: 'Role', metadata: { name: 'less', namespace } };
          await admin.replace({ ...role, rules: left });
          const [group = ''] = missing.apiGroups;
          await settled(api, namespace, { ...missing, group }, left.at(-1) as Rule);
          cluster.requests();
          const { exitCode, message } = await work(api);
          const told = message.includes(missing.verb) && /you may not|cannot|403/.test(message);
          if (exitCode !== 3 || !told || writesOf(cluster.requests()).length > 0)
            found.push(`${missing.verb} ${missing.resource}: ${exitCode} ${message}`);
        }
      });
      return found;
    };

    it('each is told which before an install', async () => {
      const namespace = await cluster.namespace('less');
      const path = folder(everyKind({ namespace }));
      const install = (api: KubeApi) => course(apply({ api, host: systemHost() }, path));
      expect(await untold(namespace, () => true, install)).toEqual([]);
    }, 240_000);

    it('each is told which before a rollback and an uninstall', async () => {
      const namespace = await cluster.namespace('less-later');
      for (const version of ['v1', 'v2'])
        expect(await course(apply(cluster.engine, folder(everyKind({ namespace, version }))))).toMatchObject({ exitCode: 0 });
      const name = { release: 'fraud', namespace };
      const kinds = /^(configmaps|services|serviceaccounts|deployments|statefulsets|ingresses|networkpolicies)$/;
      const deletes = ({ verb, resource }: Right) => verb === 'delete' && kinds.test(resource);
      expect(await untold(namespace, deletes, (api) => course(uninstall({ api, host: systemHost() }, name)))).toEqual([]);
      await cluster.kubectl('-n', namespace, 'delete', 'serviceaccount,role,rolebinding', 'less');
      const changes = ({ verb, resource }: Right) => verb === 'patch' && /^(configmaps|deployments)$/.test(resource);
      expect(await untold(namespace, changes, (api) => course(rollback({ api, host: systemHost() }, name)))).toEqual([]);
    }, 240_000);
  });
});

/** Waits until the API server has seen a changed role: what is missing is denied, and the last of its rights is granted. */
async function settled(
  api: KubeApi,
  namespace: string,
  { verb, group, resource }: { readonly verb: string; readonly group: string; readonly resource: string },
  last: Rule,
): Promise<void> {
  const may = async (attributes: object) => {
    const review = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', metadata: { name: '' } };
    const { status } = (await api.create({ ...review, spec: { resourceAttributes: { namespace, ...attributes } } })) as {
      readonly status?: { readonly allowed?: boolean };
    };
    return status?.allowed === true;
  };
  const [lastGroup = ''] = last.apiGroups;
  const [lastResource = '', subresource] = (last.resources[0] ?? '').split('/');
  for (let tries = 0; tries < 100; tries++) {
    const granted = await may({
      verb: last.verbs[0],
      group: lastGroup,
      resource: lastResource,
      ...(subresource ? { subresource } : {}),
    });
    if (granted && !(await may({ verb, group, resource }))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('the role does not take effect');
}
