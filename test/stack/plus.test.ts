import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import * as kplus from 'cdk8s-plus-28';
import { describe, expect, it } from 'vitest';
import { externalSecret, FeatureProxy, Model, ModelServer, type ModelServerProps, RedisCache } from '../../lib';
import type { KubeObject } from '../../lib/kube/object';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { SMALL } from '../harness/chart';

const model = Model.baked({ image: 'registry.test/model', version: 'v1', path: '/model.pt' });

/** A plain chart with a model server, and what a function adds to it. */
function chartWith(props: Partial<ModelServerProps>, add: (chart: Chart, server: ModelServer) => void = () => undefined) {
  const chart = new Chart(new App(), 'fraud', { namespace: 'here', disableResourceNameHashes: true });
  const server = new ModelServer(chart, 'model', { model, resources: SMALL, ...props } as ModelServerProps);
  add(chart, server);
  const objects = chart.toJson() as readonly KubeObject[];
  const find = (kind: string, name?: string) =>
    objects.find((object) => object.kind === kind && (name === undefined || object.metadata.name === name));
  return { objects, find, pod: podSpecOf(find('Deployment') as KubeObject) };
}

describe('resources of cdk8s-plus as props', () => {
  it('Secrets, ConfigMaps, claims and ServiceAccounts are taken where a name is', () => {
    const chart = new Chart(new App(), 'fraud', { namespace: 'here' });
    const secret = new kplus.Secret(chart, 'secret', { metadata: { name: 'token' } });
    const config = new kplus.ConfigMap(chart, 'config', { metadata: { name: 'settings' } });
    const claim = new kplus.PersistentVolumeClaim(chart, 'claim', { metadata: { name: 'weights' } });
    const account = new kplus.ServiceAccount(chart, 'account', { metadata: { name: 'reader' } });
    new ModelServer(chart, 'model', {
      image: 'registry.test/server:v1',
      model: Model.claim({ claim, subPath: 'm', path: '/mnt/models', version: 'v1' }),
      resources: SMALL,
      serviceAccount: account,
      env: {
        TOKEN: { secret, key: 'token' },
        LEVEL: { configMap: config, key: 'level' },
        PLUS: kplus.EnvValue.fromValue('plain'),
      },
      volumes: [{ name: 'config', source: config, mountPath: '/config' }],
      cache: new RedisCache(chart, 'redis', { auth: { secret } }),
    });
    const objects = chart.node
      .findAll()
      .flatMap((one) =>
        'toJson' in one && typeof one.toJson === 'function' && !(one instanceof Chart) ? [one.toJson() as KubeObject] : [],
      );
    const spec = podSpecOf(objects.find(({ kind }) => kind === 'Deployment') as KubeObject);
    expect(spec).toMatchObject({ serviceAccountName: 'reader' });
    expect(spec?.volumes).toEqual(
      expect.arrayContaining([
        { name: 'model-storage', persistentVolumeClaim: { claimName: 'weights' } },
        { name: 'config', configMap: { name: 'settings' } },
        { name: 'redis-password', secret: { secretName: 'token', items: [{ key: 'password', path: 'password' }] } },
      ]),
    );
    expect(spec?.containers?.[0]?.env).toEqual(
      expect.arrayContaining([
        { name: 'TOKEN', valueFrom: { secretKeyRef: { name: 'token', key: 'token' } } },
        { name: 'LEVEL', valueFrom: { configMapKeyRef: { name: 'settings', key: 'level' } } },
        { name: 'PLUS', value: 'plain' },
      ]),
    );
    expect(objects.filter(({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === 'fraud-model')).toEqual([]);
  });
});

describe('components with constructs of cdk8s-plus', () => {
  it('are peers and subjects of policies', () => {
    const { find } = chartWith({}, (chart, server) => {
      const proxy = new FeatureProxy(chart, 'proxy', {
        image: 'registry.test/proxy:v1',
        upstream: 'http://up:80',
        resources: SMALL,
      });
      const policy = new kplus.NetworkPolicy(chart, 'policy', { selector: server, metadata: { name: 'extra' } });
      policy.addIngressRule(proxy, [kplus.NetworkPolicyPort.tcp(8080)]);
    });
    const spec = find('NetworkPolicy', 'extra')?.spec as {
      readonly podSelector: object;
      readonly ingress: readonly { readonly from: readonly object[] }[];
    };
    expect(spec.podSelector).toEqual({ matchLabels: { 'cdk8s-serving/pod-of': 'fraud-model' } });
    expect(spec.ingress[0]?.from[0]).toMatchObject({ podSelector: { matchLabels: { 'cdk8s-serving/pod-of': 'fraud-proxy' } } });
  });

  it('take peers of cdk8s-plus in allowFrom and allowTo', () => {
    const { find } = chartWith({}, (chart, server) => {
      server.allowFrom(kplus.Namespaces.select(chart, 'namespaces', { labels: { team: 'ml' } }), 8080);
      server.allowTo(kplus.NetworkPolicyIpBlock.ipv4(chart, 'block', '10.0.0.0/8'), 5432);
    });
    const spec = find('NetworkPolicy', 'fraud-model')?.spec as {
      readonly ingress: readonly object[];
      readonly egress: readonly object[];
    };
    const text = JSON.stringify(spec);
    expect(text).toContain('"namespaceSelector":{"matchLabels":{"team":"ml"}}');
    expect(text).toContain('"ipBlock":{"cidr":"10.0.0.0/8"}');
  });

  it('are targets of autoscalers, which then own the count', () => {
    const { find } = chartWith({}, (chart, server) => {
      new kplus.HorizontalPodAutoscaler(chart, 'hpa', {
        target: server,
        minReplicas: 2,
        maxReplicas: 5,
        metadata: { name: 'plus' },
      });
    });
    expect(find('HorizontalPodAutoscaler', 'plus')?.spec).toMatchObject({
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'fraud-model' },
    });
    expect(find('Deployment')?.spec).not.toHaveProperty('replicas');
  });

  it('are backends of an Ingress and subjects of role bindings', () => {
    const { find } = chartWith({}, (chart, server) => {
      const ingress = new kplus.Ingress(chart, 'ingress', { metadata: { name: 'plus' } });
      ingress.addHostRule('model.test', '/', server.toIngressBackend());
      const role = new kplus.Role(chart, 'role', { metadata: { name: 'plus' } });
      role.allowRead(kplus.ApiResource.PODS);
      role.bind(server);
    });
    expect(JSON.stringify(find('Ingress')?.spec)).toContain('{"service":{"name":"fraud-model","port":{"number":80}}}');
    expect(find('RoleBinding')?.subjects).toEqual([{ kind: 'ServiceAccount', name: 'fraud-model', namespace: 'here' }]);
  });
});

describe('a plain app', () => {
  it('has one release for the components of one chart', () => {
    const { objects } = chartWith({}, (chart) => new RedisCache(chart, 'redis'));
    expect([...new Set(objects.map(({ metadata }) => metadata.labels?.['cdk8s-serving/release']))]).toEqual(['fraud']);
    expect(objects.map(({ kind, metadata }) => `${kind}/${metadata.name}`)).toEqual(
      expect.arrayContaining(['Deployment/fraud-model', 'StatefulSet/fraud-redis']),
    );
  });

  it('is refused as by serving synth: two objects of one identity, requests above limits; nothing is written', () => {
    const synth = (build: (chart: Chart) => void) => {
      const outdir = join(mkdtempSync(join(tmpdir(), 'serving-app-')), 'dist');
      const app = new App({ outdir });
      build(new Chart(app, 'fraud', { namespace: 'here' }));
      expect(() => app.synth()).toThrow(/DUPLICATE_OBJECT|a request is above its limit/);
      expect(existsSync(join(outdir, 'fraud.k8s.yaml'))).toBe(false);
    };
    synth((chart) => {
      for (const id of ['one', 'two']) new ModelServer(chart, id, { name: 'same', model, resources: SMALL });
    });
    synth((chart) => {
      const resources = { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '1Gi' } } as const;
      new ModelServer(chart, 'model', { model, resources });
    });
  });
});

describe('externalSecret', () => {
  it('is rendered once, before the pods that need it, and named where a Secret is', () => {
    const secret = externalSecret({ store: { clusterStore: 'vault' }, key: 'fraud/redis', property: 'password' });
    const { objects, find, pod } = chartWith({ env: { TOKEN: { secret, key: 'password' } } }, (chart) => {
      new RedisCache(chart, 'redis', { auth: { secret } });
    });
    expect(objects.filter(({ kind }) => kind === 'ExternalSecret')).toHaveLength(1);
    const external = find('ExternalSecret', 'fraud-redis');
    expect(external?.spec).toMatchObject({
      secretStoreRef: { kind: 'ClusterSecretStore', name: 'vault' },
      target: { name: 'fraud-redis' },
      data: [{ secretKey: 'password', remoteRef: { key: 'fraud/redis', property: 'password' } }],
    });
    expect(Number(external?.metadata.annotations?.['cdk8s-serving/wave'])).toBeLessThan(5);
    expect(pod?.containers?.[0]?.env).toContainEqual({
      name: 'TOKEN',
      valueFrom: { secretKeyRef: { name: 'fraud-redis', key: 'password' } },
    });
  });
});
