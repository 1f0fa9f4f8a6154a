import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApiObject, App, JsonPatch } from 'cdk8s';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import {
  flask,
  Model,
  ModelServer,
  type ModelServerProps,
  type PinnedImage,
  type PinnedTag,
  PrometheusAdapter,
  ServingStack,
  ValidationHook,
  type ValidationHookProps,
} from '../../lib';
import { defineStack, type Project } from '../../lib/project/project';
import { stack as stackSchema } from '../../lib/project/schema/schema';
import { renderProject } from '../../lib/synth/render-project';
import { inChart, problemsIn, SMALL } from '../harness/chart';
import { sampleObjects } from '../harness/project';

const model = Model.baked({ image: 'registry.example/model', version: 'v1', path: '/m/v1/model.pt' });
const codes = (props: Partial<ModelServerProps>) =>
  problemsIn((chart) => new ModelServer(chart, 'server', { model, resources: SMALL, ...props } as ModelServerProps));
const gateCodes = (props: Partial<ValidationHookProps>, source = model as ModelServerProps['model']) =>
  problemsIn((chart) => {
    const image: PinnedImage = 'registry.example/server:v1';
    const server = new ModelServer(chart, 'server', {
      model: source,
      resources: SMALL,
      ...(source.source === 'baked' ? {} : { image }),
    } as ModelServerProps);
    new ValidationHook(chart, 'gate', {
      validates: server,
      image: 'registry.example/validator:v1',
      dataset: { uri: '/data' },
      thresholds: { auc: { min: 0.9 } },
      ...props,
    });
  });

describe('what is wrong with constructs', () => {
  it('names construct, path, value, expectation and remedy', () => {
    expect(codes({ replicas: -1 })).toEqual([
      {
        code: 'INVALID_VALUE',
        subject: 'chart/server',
        path: 'replicas',
        message: 'an impossible count',
        got: -1,
        expected: 'a whole number of at least 0',
        remedy: 'Correct the number.',
      },
    ]);
  });

  it.each([
    [
      'an autoscaler whose most is less than its fewest',
      { autoscaling: { min: 3, max: 2, cpu: 50 } },
      'INVALID_VALUE',
      'autoscaling.max',
    ],
    ['a CPU target of nothing', { autoscaling: { min: 1, max: 2, cpu: 0 } }, 'INVALID_VALUE', 'autoscaling.cpu'],
    [
      'a computed latest (D15)',
      { model: Model.baked({ image: 'a/b', version: 'latest' as string as PinnedTag, path: '/m' }) },
      'UNPINNED_IMAGE',
      'image',
    ],
    [
      'a sidecar without a version',
      { sidecars: [{ name: 'log', image: 'fluent/fluent-bit:latest', resources: SMALL }] },
      'UNPINNED_IMAGE',
      'sidecars.log.image',
    ],
    [
      'a missing model file',
      { image: 'a/b:v1', model: Model.file({ file: '/does/not/exist.pkl', path: '/m', version: 'v1' }) },
      'MODEL_FILE_MISSING',
      'model.file',
    ],
    [
      'a claim for one node and a surge',
      {
        image: 'a/b:v1',
        model: Model.claim({ claim: 'c', wholeVolume: true, path: '/m', version: 'v1', accessMode: 'ReadWriteOnce' }),
      },
      'CLAIM_NOT_SHARED',
      'model.accessMode',
    ],
    [
      'a metric that the runtime has not',
      { autoscaling: { min: 1, max: 2, metric: { name: 'queue_length', target: 1 } } },
      'NO_METRICS',
      'autoscaling.metric.name',
    ],
  ] as const)('%s', (_name, props, code, path) => {
    expect(codes(props as Partial<ModelServerProps>)).toContainEqual(
      expect.objectContaining({ code, path, subject: 'chart/server' }),
    );
  });

  it('a model file of 1 MiB and a byte (D17), and none of exactly 1 MiB', () => {
    const folder = mkdtempSync(join(tmpdir(), 'model-'));
    const file = (bytes: number) => {
      const path = join(folder, `${bytes}.pkl`);
      writeFileSync(path, Buffer.alloc(bytes));
      return { image: 'a/b:v1' as const, model: Model.file({ file: path, path: '/m/model.pkl', version: 'v1' }) };
    };
    expect(codes(file(1024 * 1024))).toEqual([]);
    expect(codes(file(1024 * 1024 + 1))).toEqual([
      expect.objectContaining({ code: 'MODEL_FILE_TOO_LARGE', remedy: expect.stringContaining('Model.claim') }),
    ]);
  });

  it('a gate that cannot reach a baked model (D4), and one that can', () => {
    expect(gateCodes({})).toEqual([expect.objectContaining({ code: 'GATE_CANNOT_REACH_MODEL', subject: 'chart/gate' })]);
    expect(gateCodes({ image: 'registry.example/model:v1' })).toEqual([]);
    expect(gateCodes({}, Model.baked({ ...model, copyable: true }))).toEqual([]);
    expect(gateCodes({}, Model.claim({ claim: 'models', wholeVolume: true, path: '/m', version: 'v1' }))).toEqual([]);
  });

  it.each([
    ['an AUC of 92 (D24)', { thresholds: { auc: { min: 92 } } }, 'INVALID_VALUE', 'thresholds.auc.min'],
    ['nothing that can fail', { thresholds: {} }, 'GATE_WITHOUT_THRESHOLD', 'thresholds'],
    [
      'a bound that is no number',
      { thresholds: { latencyP99Ms: { max: Number.NaN } } },
      'INVALID_VALUE',
      'thresholds.latencyP99Ms.max',
    ],
    [
      'a remote data set that nobody may read (E9)',
      { dataset: { uri: 's3://bucket/data' } },
      'DATASET_WITHOUT_CREDENTIALS',
      'dataset',
    ],
  ] as const)('a gate with %s', (_name, props, code, path) => {
    expect(gateCodes({ image: 'registry.example/model:v1', ...props })).toEqual([expect.objectContaining({ code, path })]);
  });

  it('a Flask server warns, and fails where warnings are errors (D18)', () => {
    expect(codes({ runtime: flask() })).toEqual([]);
    expect(codes({ runtime: flask(), strict: true }).map(({ code }) => code)).toEqual(['RUNTIME_WARNING', 'RUNTIME_WARNING']);
    expect(codes({ runtime: flask({ healthPath: '/healthz' }), strict: true })).toHaveLength(1);
  });

  it('an adapter that serves no autoscaler (E3)', () => {
    const found = problemsIn(
      (chart) =>
        new PrometheusAdapter(chart, 'adapter', { serves: [new ModelServer(chart, 'server', { model, resources: SMALL })] }),
    );
    expect(found).toEqual([expect.objectContaining({ code: 'ADAPTER_UNUSED' })]);
  });

  it('two stacks that install the adapter in one cluster name both (D13)', () => {
    const schema = v.strictObject({ ...stackSchema });
    const define = (name: string) =>
      defineStack({
        name,
        schema,
        build(scope, config) {
          const stack = new ServingStack(scope, name, config);
          const autoscaling = { min: 1, max: 2, metric: { name: 'http_requests_in_progress', target: 1 } };
          const server = new ModelServer(stack, 'model', { model, resources: SMALL, autoscaling });
          new PrometheusAdapter(stack, 'adapter', { serves: [server] });
          return stack;
        },
      });
    const project: Project = {
      stacks: [define('one'), define('two')],
      base: { one: { namespace: 'one' }, two: { namespace: 'two' } },
      environments: [{ name: 'dev', tier: 'dev', stacks: { one: {}, two: {} } }],
    };
    expect(() => renderProject(project, { stacks: ['one'] })).not.toThrow();
    expect(() => renderProject(project)).toThrow(/one and two both install it.*CLUSTER_SINGLETON/);
  });

  it('two components of one name', () => {
    const twice = defineStack({
      name: 'twice',
      schema: v.strictObject({ ...stackSchema }),
      build(scope, config) {
        const stack = new ServingStack(scope, 'twice', config);
        new ModelServer(stack, 'a', { model, resources: SMALL, name: 'same' });
        new ModelServer(stack, 'b', { model, resources: SMALL, name: 'same' });
        return stack;
      },
    });
    const project: Project = {
      stacks: [twice],
      base: { twice: { namespace: 'x' } },
      environments: [{ name: 'dev', tier: 'dev', stacks: { twice: {} } }],
    };
    expect(() => renderProject(project)).toThrow(/DUPLICATE_OBJECT/);
  });

  it('names that are no names', () => {
    expect(codes({ name: 'fraud_model.v2' })).toEqual([expect.objectContaining({ code: 'INVALID_NAME', got: 'fraud_model.v2' })]);
  });

  it('reaches users of plain cdk8s as well, through its own validation', () => {
    expect(() => inChart((chart) => new ModelServer(chart, 'server', { model, resources: SMALL, replicas: -1 }))).toThrow(
      /an impossible count/,
    );
  });
});

describe('escape hatches', () => {
  const server = (change: (server: ModelServer) => void) =>
    inChart((chart) => change(new ModelServer(chart, 'server', { model, resources: SMALL })));

  it('a patch is in the manifest, whatever its fields are', () => {
    const objects = server((one) =>
      one.patch('Deployment', (object) => {
        (object.spec as Record<string, unknown>).futureField = { 'nvidia.com/gpu': '1' };
      }),
    );
    expect(objects[0]?.spec).toMatchObject({ futureField: { 'nvidia.com/gpu': '1' } });
  });

  it('a patch without effect is an error, cdk8s own patches too', () => {
    expect(() => server((one) => one.patch('Deployment', (object) => object))).toThrow(/PATCH_WITHOUT_EFFECT/);
    expect(() => server((one) => ApiObject.of(one).addJsonPatch(JsonPatch.replace('/spec/replicas', 1)))).toThrow(
      /PATCH_WITHOUT_EFFECT/,
    );
    expect(() => server((one) => ApiObject.of(one).addJsonPatch(JsonPatch.replace('/spec/nothing/here', 1)))).toThrow(
      /PATCH_WITHOUT_EFFECT/,
    );
    expect(server((one) => ApiObject.of(one).addJsonPatch(JsonPatch.replace('/spec/replicas', 4)))[0]?.spec).toMatchObject({
      replicas: 4,
    });
  });

  it('a patch of data whose hash is in a name changes the name, there and where it is mounted', () => {
    const names = (change: (one: ModelServer) => void) => {
      const objects = server(change);
      const config = objects.find(({ kind }) => kind === 'ConfigMap');
      const spec = JSON.stringify(objects.find(({ kind }) => kind === 'Deployment')?.spec);
      expect(spec).toContain(`"configMap":{"name":"${config?.metadata.name}"}`);
      return config?.metadata.name;
    };
    const [plain, patched, other] = [
      names(() => undefined),
      names((one) => one.patch('ConfigMap', { data: { EXTRA: '1' } })),
      names((one) => one.patch('ConfigMap', { data: { EXTRA: '2' } })),
    ];
    expect(new Set([plain, patched, other]).size).toBe(3);
    // Labels are no content.
    expect(names((one) => one.patch('ConfigMap', { metadata: { labels: { team: 'fraud' } } }))).toBe(plain);
  });

  it('a patch of an object that is not there is an error that lists those that are', () => {
    expect(() => server((one) => one.patch('Ingress', () => undefined))).toThrow(/UNKNOWN_OBJECT/);
  });
});

describe('what a stack hands down', () => {
  it('the registry is in front of every image without exception (D12)', () => {
    const scaled = [
      'server.scaling.autoscaling.min=1',
      'server.scaling.autoscaling.max=2',
      'server.scaling.autoscaling.metric.name=http_requests_in_progress',
      'server.scaling.autoscaling.metric.target=1',
    ];
    const images =
      JSON.stringify(sampleObjects('dev', 'ml-serving-stack', ['imageRegistry=mirror.example:5000/x', ...scaled])).match(
        /"image":"[^"]+"/g,
      ) ?? [];
    expect(images.length).toBeGreaterThan(7);
    expect(images.filter((image) => !image.startsWith('"image":"mirror.example:5000/x/'))).toEqual([]);
  });

  it('pull secrets and labels reach every pod and every object', () => {
    const stack = new ServingStack(new App(), 'fraud', { namespace: 'x', imagePullSecrets: ['pull'], labels: { team: 'fraud' } });
    new ModelServer(stack, 'model', { model, resources: SMALL, replicas: 2 });
    const objects = stack.toJson();
    expect(objects.filter(({ metadata }) => metadata.labels.team !== 'fraud')).toEqual([]);
    expect(objects[0].spec.template.spec.imagePullSecrets).toEqual([{ name: 'pull' }]);
    expect(objects[0].spec.template.metadata.labels.team).toBe('fraud');
  });
});
