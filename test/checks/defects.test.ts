import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, type Chart } from 'cdk8s';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  flask,
  Model,
  ModelServer,
  type ModelServerProps,
  type ModelSource,
  type PinnedImage,
  PrometheusAdapter,
  ServingStack,
  ValidationHook,
} from '../../lib';
import { runChecks } from '../../lib/checks';
import { addressesOf, serviceOf } from '../../lib/checks/inventory/addresses';
import { inventoryOf } from '../../lib/checks/inventory/inventory';
import { patience } from '../../lib/checks/inventory/timing';
import { clusterSingleton } from '../../lib/checks/rules/duplicate-object';
import { fieldsAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { podSpecOf } from '../../lib/kube/pod-spec';
import { renderProject } from '../../lib/synth/render-project';
import { type ManifestCase, objectsOf } from '../corpus/manifests';
import { inChart, problemsIn, SMALL } from '../harness/chart';
import { SHARED } from '../harness/cluster';
import { diagnose } from '../harness/compiler';
import { valueAt } from '../harness/golden';
import { one, ROOT, sampleObjects, sampleProject } from '../harness/project';

/** Every defect of the Helm charts, with what protects from it. */
const ENVIRONMENTS = ['dev', 'staging', 'prod'] as const;
const BAKED = Model.baked({ image: 'registry.example/model', version: 'v1', path: '/m/v1/model.pt' });
const MAIN = 'spec.template.spec.containers[0]';
const all = (stack: string) => ENVIRONMENTS.map((environment) => sampleObjects(environment, stack));
const codesOf = (fields: Omit<ManifestCase, 'id'>) =>
  runChecks(objectsOf({ id: 'defect', ...fields }), fields.context).map(({ code }) => code);
const synthCodes =
  (stack: string, ...set: readonly string[]) =>
  () =>
    renderProject(sampleProject(), { environments: ['dev'], stacks: [stack], set });
const METRIC = [
  'server.scaling.autoscaling.min=2',
  'server.scaling.autoscaling.max=4',
  'server.scaling.autoscaling.metric.name=http_requests_in_progress',
  'server.scaling.autoscaling.metric.target=4',
];

const compiled = diagnose({
  D1: 'server({ labels: fraudModelChartLabel });',
  D2: 'server({ replicas: 3, autoscaling: { min: 1, max: 3, cpu: 70 } });',
  D14: "const prod: Environment = { ...env, tier: 'prod', stacks: { ...env.stacks, 'fraud-model': { redis: { host: 'r' } } } };",
  D15: "Model.baked({ image: 'a/b', version: 'latest', path: '/m' });",
  D16: "server({ ingress: { tlsSecretName: 'tls' } });",
  D19: "new RedisCache(stack, 'r', { auth: 'hunter2' });",
  D21: "const dev: Environment = { ...env, stacks: { ...env.stacks, 'fraud-model': { metrics: false } } };",
  D24: "const dev: Environment = { ...env, stacks: { ...env.stacks, 'fraud-model': { gate: { thresholds: { auc: { min: '0.92' } } } } } };",
  E12: "const dev: Environment = { ...env, stacks: { ...env.stacks, 'fraud-model': { model: { batchSize: '16' } } } };",
});
const refusal = (id: string) => compiled.get(id)?.join('\n') ?? '';

const PROOFS: Readonly<Record<string, () => void | Promise<void>>> = {
  D1: () => expect(refusal('D1')).toMatch(/Cannot find name/),
  D2: () => {
    expect(refusal('D2')).toMatch(/replicas|autoscaling/);
    expect(valueAt(one(sampleObjects('prod', 'fraud-model'), 'Deployment'), 'spec.replicas')).toBeUndefined();
    expect(codesOf({ set: { 'Deployment/features spec.replicas': 2 } })).toContain('REPLICAS_WITH_AUTOSCALER');
  },
  D3: () => {
    for (const objects of all('fraud-model')) {
      const server = one(objects, 'Deployment');
      const tag = String(valueAt(server, `${MAIN}.image`))
        .split(':')
        .at(-1);
      expect(valueAt(server, `${MAIN}.env[name=MODEL_PATH].value`)).toBe(`/models/fraud/${tag}/model.pt`);
      expect(server.metadata.labels?.['app.kubernetes.io/version']).toBe(tag);
    }
  },
  D4: () => {
    const gate = (model: ModelSource, image: PinnedImage) =>
      problemsIn((chart) => {
        const server = new ModelServer(chart, 'server', { model, resources: SMALL } as ModelServerProps);
        new ValidationHook(chart, 'gate', {
          validates: server,
          image,
          dataset: { uri: '/data' },
          thresholds: { auc: { min: 0.9 } },
        });
      }).map(({ code }) => code);
    expect(gate(BAKED, 'registry.example/validator:v1')).toEqual(['GATE_CANNOT_REACH_MODEL']);
    expect(gate({ ...BAKED, copyable: true }, 'registry.example/validator:v1')).toEqual([]);
    // A mounted model is the same volume in both pods.
    const objects = inChart((chart) => {
      const model = Model.claim({ claim: 'models', wholeVolume: true, path: '/m', version: 'v1' });
      const server = new ModelServer(chart, 'server', { model, image: 'registry.example/server:v1', resources: SMALL });
      new ValidationHook(chart, 'gate', {
        validates: server,
        image: 'registry.example/validator:v1',
        dataset: { uri: '/data' },
        thresholds: { auc: { min: 0.9 } },
      });
    });
    const claims = ['Deployment', 'Job'].map((kind) =>
      JSON.stringify(podSpecOf(one(objects, kind))?.volumes).includes('"claimName":"models"'),
    );
    expect(claims).toEqual([true, true]);
  },
  D5: () => {
    // It runs before the first install too: it is a gate of the release and not a hook of upgrades.
    for (const objects of all('fraud-model'))
      expect(one(objects, 'Job').metadata.annotations?.['cdk8s-serving/gate']).toBe('before');
  },
  D6: () => {
    const name = (...set: readonly string[]) => one(sampleObjects('dev', 'fraud-model', set), 'Job').metadata.name;
    expect(name()).toMatch(/-[0-9a-f]{10}$/);
    expect(name('gate.thresholds.auc.min=0.93')).not.toBe(name());
    expect(
      codesOf({
        set: { 'Job metadata.annotations': { 'helm.sh/hook': 'pre-upgrade', 'helm.sh/hook-delete-policy': 'hook-succeeded' } },
      }),
    ).toContain('HOOK_STAYS');
  },
  D7: () => {
    const nodes = [{ count: 15, cpu: 32, memory: '128Gi' }];
    const app = new App();
    const stack = new ServingStack(app, 'fraud', { namespace: 'x', nodes });
    const model = Model.baked({ image: 'registry.example/model', version: 'v1', path: '/m/v1/model.pt' });
    const scaling = { autoscaling: { min: 3, max: 15, cpu: 60 }, placement: { spread: 'strict' } } as const;
    new ModelServer(stack, 'model', { model, resources: SMALL, ...scaling });
    const rendered = stack.node.findAll().filter((construct) => ApiObject.isApiObject(construct));
    const found = runChecks(
      rendered.map((object) => object.toJson() as KubeObject),
      { scope: 'stack', nodes },
    );
    expect(() => app.synth()).toThrow(/ROLLOUT_INFEASIBLE/);
    expect(found).toEqual([
      expect.objectContaining({ code: 'ROLLOUT_INFEASIBLE', got: expect.stringContaining('16 pods'), expected: 'room for 16' }),
    ]);
    expect(found[0]?.remedy).toMatch(/maxSurge: 0.*preferred.*at most 14 pods.*add 1 node/);
    const term =
      'spec.template.spec.affinity.podAntiAffinity.requiredDuringSchedulingIgnoredDuringExecution[0].labelSelector.matchExpressions';
    const selects = valueAt(one(sampleObjects('prod', 'fraud-model'), 'Deployment'), term) as readonly { readonly key: string }[];
    expect(selects.map(({ key }) => key)).toContain('app.kubernetes.io/instance');
  },
  D8: () => {
    for (const objects of all('fraud-model')) {
      const container = valueAt(one(objects, 'Deployment'), MAIN);
      expect(patience(fieldsAt(container, 'startupProbe'))).toBeGreaterThanOrEqual(300);
      for (const probe of ['livenessProbe', 'readinessProbe'])
        expect(fieldsAt(container, probe).initialDelaySeconds).toBeUndefined();
    }
    expect(codesOf({ set: { 'C startupProbe': null, 'C livenessProbe.initialDelaySeconds': 120 } })).toContain(
      'LIVENESS_WITHOUT_STARTUP',
    );
  },
  D9: () => {
    for (const { files, context } of renderProject(sampleProject()))
      expect(
        runChecks(
          files.flatMap(({ objects }) => objects),
          context,
        ),
      ).toEqual([]);
    expect(codesOf({ set: { 'C securityContext': null } })).toContain('POD_SECURITY');
  },
  D10: () => {
    for (const { files, context } of renderProject(sampleProject())) {
      const inventory = inventoryOf(files.flatMap(({ objects }) => objects));
      const hosts = addressesOf(inventory).filter((address) => serviceOf(address) !== undefined);
      const known = (host: string) =>
        inventory.ofKind('Service').some(({ metadata }) => metadata.name === host) || context.external?.includes(host) === true;
      expect(hosts.filter(({ host }) => !known(host)).map(({ host }) => host)).toEqual([]);
    }
    expect(codesOf({ set: { 'C env[name=REDIS_HOST].value': 'redis-prod-svc' }, context: { scope: 'stack' } })).toContain(
      'DANGLING_ADDRESS',
    );
  },
  D11: () => {
    const objects = sampleObjects('dev', 'ml-serving-stack');
    const server = one(objects, 'Deployment', /fraud-model$/);
    const services = objects.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name);
    expect(services).toContain(valueAt(server, `${MAIN}.env[name=REDIS_HOST].value`));
    expect(services).toContain(new URL(String(valueAt(server, `${MAIN}.env[name=FEATURE_SERVER_URL].value`))).hostname);
  },
  D12: () => {
    const images = sampleObjects('dev', 'ml-serving-stack', ['imageRegistry=mirror.example/x', ...METRIC]).flatMap((object) => {
      const pod = podSpecOf(object);
      return [...(pod?.containers ?? []), ...(pod?.initContainers ?? [])].flatMap(({ image }) => image ?? []);
    });
    expect(images.length).toBeGreaterThan(7);
    expect(images.filter((image) => !image.startsWith('mirror.example/x/'))).toEqual([]);
  },
  D13: () => {
    const adapter = { apiVersion: 'apiregistration.k8s.io/v1', kind: 'APIService' };
    const of = (release: string) => ({
      ...adapter,
      metadata: { name: 'v1beta1.custom.metrics.k8s.io', labels: { 'cdk8s-serving/release': release } },
    });
    const found = clusterSingleton.check([of('one'), of('two')]);
    expect(found.map(({ message }) => message)).toEqual([expect.stringMatching(/^one and two both install it/)]);
    expect(clusterSingleton.check([of('one')])).toEqual([]);
  },
  D14: () => expect(refusal('D14')).toMatch(/auth/),
  D15: () => {
    expect(refusal('D15')).toMatch(/"latest"/);
    expect(synthCodes('my-model', 'version=latest')).toThrow(/INVALID_VALUE/);
    expect(codesOf({ set: { 'C image': 'a/b:latest' } })).toContain('UNPINNED_IMAGE');
  },
  D16: () => {
    expect(refusal('D16')).toMatch(/host/);
    const ingress = one(sampleObjects('dev', 'my-model', ['ingress.host=other.example.com']), 'Ingress');
    expect(valueAt(ingress, 'spec.rules[0]')).toMatchObject({
      host: 'other.example.com',
      http: { paths: [{ path: '/', pathType: 'ImplementationSpecific' }] },
    });
    expect(codesOf({ set: { 'Ingress spec.rules[0].http.paths': [] } })).toContain('INGRESS_WITHOUT_PATH');
  },
  D17: () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    const server =
      (bytes: number, fill = 0) =>
      (chart: Chart) => {
        const file = join(folder, `${bytes}-${fill}.pkl`);
        writeFileSync(file, Buffer.alloc(bytes, fill));
        new ModelServer(chart, 'server', {
          model: Model.file({ file, path: '/m/model.pkl', version: 'v1' }),
          image: 'a/b:v1',
          resources: SMALL,
        });
      };
    expect(problemsIn(server(2 ** 20 + 1))).toEqual([
      expect.objectContaining({ code: 'MODEL_FILE_TOO_LARGE', remedy: expect.stringMatching(/claim.*download/) }),
    ]);
    const template = (fill: number) => JSON.stringify(one(inChart(server(10, fill)), 'Deployment').spec);
    expect(template(1)).not.toBe(template(2));
  },
  D18: () => {
    expect(valueAt(one(sampleObjects('prod', 'my-model'), 'Deployment'), MAIN)).toMatchObject({
      readinessProbe: { tcpSocket: {} },
      livenessProbe: { tcpSocket: {} },
      startupProbe: {},
    });
    const strict = problemsIn(
      (chart) => new ModelServer(chart, 'server', { model: BAKED, resources: SMALL, runtime: flask(), strict: true }),
    );
    expect(strict.map(({ code }) => code)).toEqual(['RUNTIME_WARNING', 'RUNTIME_WARNING']);
  },
  D19: () => {
    expect(refusal('D19')).toMatch(/SecretRef/);
    expect(synthCodes('fraud-model', 'redis.host=r', 'redis.auth=hunter2')).toThrow();
    expect(codesOf({ set: { 'C env[+]': { name: 'PASSWORD', value: 'hunter2hunter2' } } })).toContain('PLAIN_SECRET');
  },
  D20: () => {
    for (const objects of [...all('fraud-model'), ...all('ml-serving-stack'), ...all('my-model')]) {
      const accounts = objects.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name);
      const used = objects.flatMap((object) => (podSpecOf(object)?.serviceAccountName as string | undefined) ?? []);
      expect([...new Set(used)].sort()).toEqual([...accounts].sort());
    }
    expect(codesOf({ set: { 'M spec.template.spec.serviceAccountName': 'features' } })).toContain('UNUSED_ACCOUNT');
  },
  D21: () => {
    for (const objects of all('fraud-model'))
      expect(valueAt(one(objects, 'Deployment'), 'spec.template.metadata.annotations["prometheus.io/scrape"]')).toBe('true');
    expect(refusal('D21')).toMatch(/metrics|false/);
  },
  D22: () => {
    // No flag is needed to be undone on failure: nothing of the kind exists.
    const main = readFileSync(join(ROOT, 'lib/cli/main.ts'), 'utf8');
    expect(main).not.toMatch(/--atomic|--rollback-on-failure/);
  },
  D23: () => {
    // The release module starts the candidate pod that this phase asks for (its own tests show that).
    const objects = inChart((chart) => {
      const server = new ModelServer(chart, 'server', { model: BAKED, resources: SMALL });
      const thresholds = { latencyP99Ms: { max: 150 } };
      new ValidationHook(chart, 'gate', {
        validates: server,
        image: 'registry.example/model:v1',
        dataset: { uri: '/data' },
        thresholds,
        phase: 'candidate',
      });
    });
    expect(one(objects, 'Job').metadata.annotations).toMatchObject({
      'cdk8s-serving/gate': 'candidate',
      'cdk8s-serving/thresholds': '{"latencyP99Ms":{"max":150}}',
    });
  },
  D24: () => {
    expect(refusal('D24')).toMatch(/number/);
    expect(synthCodes('fraud-model', 'gate.thresholds.auc.min=92')).toThrow(/a share from 0 to 1/);
  },
  E1: () => {
    const text = JSON.stringify(sampleObjects('staging', 'fraud-model'));
    expect(text).toContain('redis-staging-svc');
    expect(sampleObjects('staging', 'fraud-model').filter(({ kind }) => kind === 'StatefulSet')).toEqual([]);
  },
  E2: () => {
    for (const objects of all('ml-serving-stack')) {
      const roles = new Set(objects.map(({ metadata }) => metadata.labels?.['app.kubernetes.io/component']));
      for (const role of ['model-server', 'feature-proxy', 'redis', 'preprocessor', 'result-queue'])
        expect(roles).toContain(role);
      expect(JSON.stringify(objects)).toContain('prometheus.io/scrape');
    }
  },
  E3: () => {
    const found = problemsIn((chart) => {
      new PrometheusAdapter(chart, 'adapter', { serves: [new ModelServer(chart, 'server', { model: BAKED, resources: SMALL })] });
    });
    expect(found.map(({ code }) => code)).toEqual(['ADAPTER_UNUSED']);
  },
  E4: () => {
    for (const objects of all('ml-serving-stack'))
      expect(new Set(objects.map(({ metadata }) => metadata.namespace)).size).toBe(1);
  },
  E5: () => {
    const objects = sampleObjects('dev', 'ml-serving-stack', ['redis=off']);
    expect(JSON.stringify(objects)).not.toMatch(/REDIS_HOST|redis/);
    expect(codesOf({ remove: ['Service/redis'], context: { scope: 'stack' } })).toContain('DANGLING_ADDRESS');
  },
  E6: () => {
    const server = one(sampleObjects('prod', 'ml-serving-stack'), 'Deployment', /fraud-model$/);
    expect(valueAt(server, `${MAIN}.env[name=REDIS_PASSWORD_FILE].value`)).toMatch(/^\/var\/run\/secrets/);
    expect(JSON.stringify(server)).toContain('"secretName":"team-fraud-redis-auth"');
  },
  E7: () => {
    const release = 'team-fraud-platform-production-europe-west-one-and-two';
    for (const { metadata } of sampleObjects('dev', 'fraud-model', [`release=${release}`]))
      expect(metadata.name.length).toBeLessThanOrEqual(63);
    expect(codesOf({ set: { 'Job metadata.name': `${release}-fraud-model-pre-upgrade-validate` } })).toContain('NAME_TOO_LONG');
  },
  E8: () =>
    expect(
      codesOf({ set: { 'M spec.replicas': 15, 'C readinessProbe.initialDelaySeconds': 60 }, context: { releaseTimeout: 600 } }),
    ).toContain('RELEASE_TIMEOUT'),
  E9: () => {
    const gate = (more: object) =>
      problemsIn((chart) => {
        const server = new ModelServer(chart, 'server', { model: BAKED, resources: SMALL });
        new ValidationHook(chart, 'gate', {
          validates: server,
          image: 'registry.example/model:v1',
          thresholds: { auc: { min: 0.9 } },
          dataset: { uri: 's3://bucket/data', ...more },
        });
      }).map(({ code }) => code);
    expect(gate({})).toEqual(['DATASET_WITHOUT_CREDENTIALS']);
    expect(gate({ credentials: 'reader' })).toEqual([]);
  },
  E10: () => {
    const set = ['version=v7.3.1'];
    for (const { metadata } of sampleObjects('dev', 'my-model', set))
      expect(metadata.labels?.['app.kubernetes.io/version']).toBe('v7.3.1');
  },
  E11: () =>
    expect(codesOf({ set: { 'ConfigMap/redis-config data': { 'redis.conf': 'x'.repeat(2 ** 20 + 1) } } })).toContain(
      'DATA_TOO_LARGE',
    ),
  E12: () => expect(refusal('E12')).toMatch(/number/),
};

describe('the defects of the Helm charts', () => {
  for (const [id, proof] of Object.entries(PROOFS)) it(id, proof);

  const file = join(SHARED, 'golden/defects.yaml');
  it.skipIf(!existsSync(file))('are all there', () => {
    const { defects, also_seen } = parse(readFileSync(file, 'utf8')) as Record<
      'defects' | 'also_seen',
      readonly { readonly id: string }[]
    >;
    expect(Object.keys(PROOFS).sort()).toEqual([...defects, ...also_seen].map(({ id }) => id).sort());
  });
});
