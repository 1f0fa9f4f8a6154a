import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { valueAt } from '../harness/golden';
import { one, sampleObjects } from '../harness/project';
import { compareAll } from './compare';
import { deviations } from './deviations';
import { goldenData, hasGolden } from './read';

interface GoldenStack {
  readonly components: readonly {
    readonly name: string;
    readonly source: string;
    readonly objects: readonly {
      readonly apiVersion: string;
      readonly kind: string;
      readonly name: string;
      readonly expect?: Readonly<Record<string, unknown>>;
    }[];
  }[];
  readonly six_components: { readonly environments: readonly string[]; readonly components: readonly { readonly id: string }[] };
}

const STACK = 'ml-serving-stack';
const component = (object: KubeObject) => object.metadata.labels?.['app.kubernetes.io/component'] ?? '';
const ofRole = (objects: readonly KubeObject[], role: string) => objects.filter((object) => component(object) === role);
const without = (objects: readonly KubeObject[], ...roles: readonly string[]) =>
  objects.filter((object) => !roles.includes(component(object)));
const env = (objects: readonly KubeObject[], name: string) =>
  [...JSON.stringify(objects).matchAll(new RegExp(`"name":"${name}","value":"([^"]*)"`, 'g'))].map(([, value]) => value);
const METRIC = [
  'server.scaling.autoscaling.min=3',
  'server.scaling.autoscaling.max=15',
  'server.scaling.autoscaling.metric.name=http_requests_in_progress',
  'server.scaling.autoscaling.metric.target=4',
];

describe.skipIf(!hasGolden)('ml-serving-stack against its golden file', () => {
  for (const naming of ['clean', 'helm-compat'] as const) {
    it(`in ${naming} naming has every object of the umbrella chart`, () => {
      const objects = sampleObjects('dev', STACK, [`naming=${naming}`]);
      const golden = goldenData<GoldenStack>('serving-stack/dev.yaml')
        .components.filter(({ source }) => source === 'article')
        .flatMap((part) => part.objects)
        .map(({ apiVersion, kind, name, expect: fields = {} }): KubeObject => {
          const metadata = (fields.metadata ?? {}) as Record<string, unknown>;
          return { ...fields, apiVersion, kind, metadata: { ...metadata, name } };
        });
      expect(golden.length).toBe(7);
      expect(compareAll(golden, objects, deviations(naming, 'serving-stack'))).toEqual([]);
    });
  }

  it('fills the roles of the Redis chart with objects of its own', () => {
    const objects = ofRole(sampleObjects('dev', STACK), 'redis');
    const workload = one(objects, 'StatefulSet');
    const labels = valueAt(workload, 'spec.template.metadata.labels') as Record<string, string>;
    expect(valueAt(workload, 'spec.replicas')).toBe(1);
    expect(valueAt(workload, 'spec.template.spec.containers[name=redis].ports[name=redis].containerPort')).toBe(6379);
    expect(JSON.stringify(workload)).not.toMatch(/requirepass|password/);
    expect(valueAt(workload, 'spec.template.spec.automountServiceAccountToken')).toBe(false);
    const service = one(objects, 'Service', 'team-fraud-stack-redis');
    expect(valueAt(service, 'spec.ports[name=tcp-redis].port')).toBe(6379);
    expect(labels).toMatchObject(valueAt(service, 'spec.selector') as object);
    expect(env(sampleObjects('dev', STACK), 'REDIS_HOST')).toContain(service.metadata.name);
    expect(labels).toMatchObject(valueAt(one(objects, 'NetworkPolicy'), 'spec.podSelector.matchLabels') as object);
  });

  it('installs the metrics adapter when a server scales on a metric, and not before', () => {
    expect(ofRole(sampleObjects('dev', STACK), 'prometheus-adapter')).toEqual([]);
    const objects = ofRole(sampleObjects('dev', STACK, METRIC), 'prometheus-adapter');
    const golden =
      goldenData<GoldenStack>('serving-stack/dev.yaml').components.find(({ name }) => name === 'prometheus-adapter')?.objects ??
      [];
    const kinds = (list: readonly { readonly kind: string }[]) => [...new Set(list.map(({ kind }) => kind))].sort();
    // A NetworkPolicy is what the chart has not.
    expect(kinds(objects)).toEqual([...kinds(golden), 'NetworkPolicy'].sort());
    expect(one(objects, 'APIService').metadata.name).toBe('v1beta1.custom.metrics.k8s.io');
    expect(valueAt(one(objects, 'RoleBinding'), 'metadata.namespace')).toBe('kube-system');
  });

  it('redis-off removes Redis and every trace of it, and what queues in it', () => {
    const on = sampleObjects('dev', STACK);
    const off = sampleObjects('dev', STACK, ['redis=off']);
    expect(ofRole(off, 'redis')).toEqual([]);
    expect(ofRole(off, 'result-queue')).toEqual([]);
    expect(JSON.stringify(off)).not.toMatch(/REDIS_|6379|redis/);
    // The others are there as before, without the variables and rules that led to Redis.
    const names = (objects: readonly KubeObject[]) =>
      objects.filter(({ kind }) => kind !== 'ConfigMap').map(({ kind, metadata }) => `${kind}/${metadata.name}`);
    expect(names(off)).toEqual(names(without(on, 'redis', 'result-queue')));
  });

  it('monitoring-off removes the adapter, keeps the exporter, and refuses a metric that nothing serves', () => {
    const off = sampleObjects('dev', STACK, ['monitoring=off']);
    expect(off).toEqual(sampleObjects('dev', STACK));
    expect(JSON.stringify(off)).toContain('prometheus.io/scrape');
    expect(() => sampleObjects('dev', STACK, ['monitoring=off', ...METRIC])).toThrow(/METRIC_NOT_SERVED/);
  });

  it('both-off leaves the model server and what it stands behind', () => {
    const off = sampleObjects('dev', STACK, ['redis=off', 'monitoring=off']);
    expect([...new Set(off.map(component))].sort()).toEqual(['feature-proxy', 'gate', 'model-server', 'preprocessor']);
  });

  it('new-model-tag changes the model server and its gate, and nothing else', () => {
    const before = sampleObjects('dev', STACK);
    const after = sampleObjects('dev', STACK, ['model.version=v2.2.0']);
    expect(without(after, 'model-server', 'gate')).toEqual(without(before, 'model-server', 'gate'));
    const server = one(after, 'Deployment', 'team-fraud-stack-fraud-model');
    expect(valueAt(server, 'spec.template.spec.containers[name=fraud-model].image')).toBe(
      'registry.company.com/fraud-model:v2.2.0',
    );
    expect(ofRole(after, 'model-server').map(({ metadata }) => metadata.labels?.['app.kubernetes.io/version'])).toEqual(
      ofRole(after, 'model-server').map(() => 'v2.2.0'),
    );
    expect(env(after, 'MODEL_PATH')).toEqual(['/models/fraud/v2.2.0/model.pt', '/models/fraud/v2.2.0/model.pt']);
    const names = (objects: readonly KubeObject[]) =>
      objects.map(({ metadata }) => metadata.name).filter((name) => /-[0-9a-f]{10}$/.test(name));
    expect(
      names(after)
        .filter((name) => names(before).includes(name))
        .sort(),
    ).toEqual(names(before).filter((name) => name.includes('redis')));
    // In the Deployment: image, path, and the name of the settings.
    const text = (object: KubeObject) =>
      JSON.stringify(object)
        .replaceAll('v2.2.0', 'v2.1.0')
        .replaceAll(/-[0-9a-f]{10}"/g, '"');
    expect(text(server)).toBe(text(one(before, 'Deployment', 'team-fraud-stack-fraud-model')));
  });

  it('has the six components in each of the three environments, wired to each other', () => {
    const { six_components: six } = goldenData<GoldenStack>('serving-stack/dev.yaml');
    expect(six.components.length).toBe(6);
    for (const environment of six.environments) {
      const objects = sampleObjects(environment, STACK);
      const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
      for (const role of ['model-server', 'feature-proxy', 'redis', 'preprocessor', 'result-queue']) {
        expect([environment, role, ofRole(objects, role).length > 0]).toEqual([environment, role, true]);
      }
      expect(services).toEqual(
        expect.arrayContaining(['team-fraud-stack-fraud-model', 'team-fraud-stack-redis', 'team-fraud-stack-preprocessor']),
      );
      for (const name of ['FEATURE_SERVER_URL', 'NEXT_URL', 'MODEL_SERVER_URL']) {
        expect(env(objects, name).length).toBeGreaterThan(0);
        for (const url of env(objects, name)) expect(services).toContain(new URL(url ?? '').hostname);
      }
      for (const host of env(objects, 'REDIS_HOST')) expect(services).toContain(host);
      expect(env(objects, 'UPSTREAM_URL')).toEqual(['http://feature-store-svc:8082']);
      expect(
        valueAt(
          one(objects, 'Deployment', 'team-fraud-stack-fraud-model'),
          'spec.template.metadata.annotations["prometheus.io/scrape"]',
        ),
      ).toBe('true');
    }
  });

  it('exporter-missing-in-dev: a component that is merely not mentioned is an error', () => {
    expect(() => sampleObjects('dev', STACK, ['metrics='])).toThrow(/metrics/);
  });
});
