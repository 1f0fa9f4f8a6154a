import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart, Size } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FeatureProxy, Model, ModelServer, RedisCache } from '../../lib';
import { SMALL } from '../harness/chart';
import { hasCluster, startCluster, type TestCluster } from '../harness/cluster';

const SERVER = 'cdk8s-serving/pod-of=fraud-model';

/** One chart in which constructs of cdk8s-plus and of this library refer to each other, both ways. */
function composed(): readonly unknown[] {
  const chart = new Chart(new App(), 'fraud', { namespace: 'here', disableResourceNameHashes: true });
  const secret = new kplus.Secret(chart, 'secret', { metadata: { name: 'token' }, stringData: { token: 't', password: 'p' } });
  const config = new kplus.ConfigMap(chart, 'config', { metadata: { name: 'settings' }, data: { level: 'info' } });
  const claim = new kplus.PersistentVolumeClaim(chart, 'claim', {
    metadata: { name: 'weights' },
    accessModes: [kplus.PersistentVolumeAccessMode.READ_WRITE_MANY],
    storage: Size.gibibytes(1),
  });
  const account = new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'reader' } });
  const redis = new RedisCache(chart, 'redis', { auth: { secret } });
  const server = new ModelServer(chart, 'model', {
    image: 'registry.test/server:v1',
    model: Model.claim({ claim, subPath: 'm', path: '/mnt/models', version: 'v1' }),
    resources: SMALL,
    serviceAccount: account,
    env: { TOKEN: { secret, key: 'token' }, LEVEL: { configMap: config, key: 'level' } },
    volumes: [{ name: 'config', source: config, mountPath: '/config' }],
    cache: redis,
  });
  const proxy = new FeatureProxy(chart, 'proxy', { image: 'registry.test/proxy:v1', upstream: 'http://up:80', resources: SMALL });
  const policy = new kplus.NetworkPolicy(chart, 'policy', { selector: server, metadata: { name: 'plus' } });
  policy.addIngressRule(proxy, [kplus.NetworkPolicyPort.tcp(8080)]);
  server.allowFrom(kplus.Namespaces.select(chart, 'namespaces', { labels: { team: 'ml' } }), 8080);
  server.allowTo(kplus.NetworkPolicyIpBlock.ipv4(chart, 'block', '10.0.0.0/8'), 5432);
  new kplus.HorizontalPodAutoscaler(chart, 'hpa', {
    target: server,
    minReplicas: 2,
    maxReplicas: 5,
    metadata: { name: 'plus' },
  });
  const ingress = new kplus.Ingress(chart, 'ingress', { metadata: { name: 'plus' } });
  ingress.addHostRule('model.test', '/', server.toIngressBackend());
  const role = new kplus.Role(chart, 'role', { metadata: { name: 'plus' } });
  role.allowRead(kplus.ApiResource.PODS);
  role.bind(server, account);
  return chart.toJson();
}

describe.skipIf(!hasCluster)('constructs of cdk8s-plus beside those of this library', { timeout: 120_000 }, () => {
  let cluster: TestCluster;
  const get = async (...args: readonly string[]) => cluster.kubectl('-n', 'here', 'get', ...args);
  beforeAll(async () => {
    cluster = await startCluster();
    await cluster.kubectl('create', 'namespace', 'here');
    const file = join(cluster.dir, 'composed.json');
    writeFileSync(file, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: composed() }));
    await cluster.kubectl('apply', '--server-side', '--validate=strict', '-f', file);
  }, 120_000);
  afterAll(async () => await cluster?.down());

  it('give the rights of a role to the pods of the server', async () => {
    const may = (user: string) => cluster.kubectl('-n', 'here', 'auth', 'can-i', 'list', 'pods', `--as=${user}`);
    expect((await may('system:serviceaccount:here:reader')).trim()).toBe('yes');
    expect(await get('deployment', 'fraud-model', '-o', 'jsonpath={.spec.template.spec.serviceAccountName}')).toBe('reader');
    await expect(may('system:serviceaccount:here:default')).rejects.toThrow('can-i list pods');
  });

  it('scale its Deployment, which leaves the count to them', async () => {
    await expect
      .poll(() => get('deployment', 'fraud-model', '-o', 'jsonpath={.spec.replicas}'), { timeout: 60_000, interval: 500 })
      .toBe('2');
    const managers = await get('deployment', 'fraud-model', '-o', 'json', '--show-managed-fields');
    const { metadata } = JSON.parse(managers) as { readonly metadata: { readonly managedFields: readonly object[] } };
    expect(JSON.stringify(metadata.managedFields[0])).not.toContain('f:replicas');
  });

  it('select its pods and those of the proxy', async () => {
    await expect
      .poll(async () => (await get('pods', '-l', SERVER, '-o', 'name')).trim().split('\n').length, { timeout: 60_000 })
      .toBe(2);
    const policy = JSON.parse(await get('networkpolicy', 'plus', '-o', 'json')) as {
      readonly spec: { readonly podSelector: object; readonly ingress: readonly [{ readonly from: readonly [object] }] };
    };
    expect(policy.spec.podSelector).toEqual({ matchLabels: { 'cdk8s-serving/pod-of': 'fraud-model' } });
    const from = JSON.stringify(policy.spec.ingress[0].from[0]);
    expect(from).toContain('fraud-proxy');
  });

  it('lead from an Ingress to its Service', async () => {
    const backend = '{.spec.rules[0].http.paths[0].backend.service}';
    const { name, port } = JSON.parse(await get('ingress', 'plus', '-o', `jsonpath=${backend}`)) as {
      readonly name: string;
      readonly port: { readonly number: number };
    };
    const ports = await get('service', name, '-o', 'jsonpath={.spec.ports[*].port}');
    expect(ports.split(' ')).toContain(String(port.number));
  });
});
