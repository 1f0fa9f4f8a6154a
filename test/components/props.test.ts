import { Duration } from 'cdk8s';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  externalHttp,
  externalRedis,
  FeatureProxy,
  type FeatureProxyProps,
  flask,
  HttpService,
  type HttpServiceProps,
  MetricsExporter,
  type MetricsExporterProps,
  Model,
  ModelServer,
  type ModelServerProps,
  Preprocessor,
  type PreprocessorProps,
  PrometheusAdapter,
  type PrometheusAdapterProps,
  RedisCache,
  type RedisCacheProps,
  ResultQueue,
  type ResultQueueProps,
  SglangRouter,
  type SglangRouterProps,
  sglang,
  ValidationHook,
  type ValidationHookProps,
} from '../../lib';
import { outcomeOf, SMALL } from '../harness/chart';

/**
 * Nothing a user writes is lost: whatever else is set, setting one more prop changes the output or is an error. Each table has every
 * optional prop of its component; the compiler says so when one is missing.
 */
type Optional<T> = {
  [K in keyof T as undefined extends T[K] ? K : Record<string, never> extends Pick<T, K> ? K : never]-?: NonNullable<T[K]>;
};

const workload = {
  name: 'other-name',
  labels: { team: 'marker-label' },
  annotations: { note: 'marker-annotation' },
  chart: 'marker-chart-1.0',
  placement: {
    nodeSelector: { pool: 'marker-pool' },
    tolerations: [{ key: 'marker-taint', operator: 'Exists', tolerationSeconds: 7717 }],
    spread: 'strict',
    priorityClassName: 'marker-priority',
    runtimeClassName: 'marker-runtime',
    schedulerName: 'marker-scheduler',
  },
  startupTimeout: '7m',
  drain: { delay: '23s', timeout: Duration.seconds(77) },
  probeTiming: { readyPeriod: 11, readyFailures: 4, livePeriod: 31, liveFailures: 6, timeout: 5 },
  env: { MARKER: 'marker-env', FROM: { valueFrom: { fieldRef: { fieldPath: 'marker.path' } } } },
  volumes: [{ name: 'marker-volume', source: { emptyDir: {} }, mountPath: '/marker', subPath: 'marker-sub', readOnly: true }],
  files: { '/marker/file.txt': 'marker-content' },
  sidecars: [{ name: 'marker-sidecar', image: 'fluent/fluent-bit:3.1', resources: SMALL, args: ['marker-arg'], tty: true }],
  security: {
    runAsUser: 31_001,
    runAsGroup: 31_002,
    fsGroup: 31_003,
    writableRootFilesystem: true,
    capabilities: { add: ['IPC_LOCK'], reason: 'marker-reason' },
  },
  podAnnotations: { 'marker.pod': 'marker-pod-annotation' },
  containerName: 'marker-container',
  pullPolicy: 'Always',
  serviceAccountAnnotations: { 'iam/role': 'marker-role' },
  podLabels: { tier: 'marker-pod-label' },
  podSettings: { hostAliases: [{ ip: '10.0.0.1', hostnames: ['marker-host'] }] },
  containerSettings: { workingDir: '/marker-directory', envFrom: [{ configMapRef: { name: 'marker-env-from' } }] },
  health: { startup: { path: '/marker-startup' } },
  command: ['marker-command'],
  args: ['--marker-arg'],
  ports: [{ name: 'marker-port', port: 7799, service: true }],
  initContainers: [{ name: 'marker-init', image: 'busybox:1.36', resources: SMALL, restartPolicy: 'Always' }],
  frontProxy: { name: 'marker-front', image: 'envoyproxy/envoy:v1.36.2', port: 7443, protocol: 'https', resources: SMALL },
  service: { annotations: { marker: 'marker-service' }, ipFamilyPolicy: 'PreferDualStack' },
  lifecycle: { postStart: { exec: { command: ['marker-hook'] } } },
  rules: [{ apiGroups: [''], resources: ['marker-resources'], verbs: ['get'] }],
} as const;

/** Props that only change something together with others, or without them; each has a test of its own. */
type Apart = 'serviceAccount' | 'serviceAccountToken';

const model = Model.baked({ image: 'registry.example/model', version: 'v1', path: '/m/v1/model.pt', copyable: true });
const server = (chart: import('cdk8s').Chart, props: Partial<ModelServerProps> = {}) =>
  new ModelServer(chart, 'server', { model, resources: SMALL, ...props } as ModelServerProps);
const redis = externalRedis({ host: 'marker-redis', port: 6380, auth: { secret: 'marker-secret', key: 'marker-key' } });

const modelServer: Omit<
  Optional<ModelServerProps>,
  'replicas' | 'autoscaling' | 'image' | 'strict' | 'nodes' | 'modelConfig' | Apart
> & {
  replicas: number;
} = {
  ...workload,
  replicas: 3,
  runtime: {
    ...flask({ port: 5005, healthPath: '/marker-health' }),
    env: ({ modelName, modelPath }) => ({ MODEL_NAME: modelName, MODEL_PATH: modelPath }),
  },
  features: externalHttp('http://marker-features:8099'),
  cache: redis,
  gpu: { count: 3, resource: 'marker.com/gpu', product: 'marker-product', vendor: 'amd' },
  sharedMemory: '17Mi',
  modelName: 'marker-model',
  ingress: {
    host: 'marker.example.com',
    tlsSecretName: 'marker-tls',
    className: 'marker-class',
    path: '/marker-path',
    pathType: 'Exact',
    annotations: { marker: 'marker-ingress' },
  },
  servicePort: 8089,
  strategy: { type: 'canary', steps: [7, 77], hold: '71s' },
};
const service = { ...workload, replicas: 3 };
const featureProxy: Omit<Optional<FeatureProxyProps>, 'autoscaling' | 'cache' | 'cacheTtl' | Apart> &
  Pick<FeatureProxyProps, 'cache' | 'cacheTtl'> = { ...service, cache: redis, cacheTtl: '71s', timeout: '7s', retries: 9 };
const preprocessor: Omit<Optional<PreprocessorProps>, 'autoscaling' | Apart> = service;
const httpService: Omit<Optional<HttpServiceProps>, 'autoscaling' | 'streams' | 'calls' | 'metricsPath' | Apart> = {
  ...service,
  port: 4017,
  servicePort: 8017,
  writableDirectories: ['/marker-written'],
};
const sglangRouter: Omit<Optional<SglangRouterProps>, 'autoscaling' | 'args' | 'command' | Apart> = {
  ...(({ args: _args, command: _command, ...rest }) => rest)(service),
  servicePort: 8017,
  policy: 'power_of_two',
  maxConcurrentRequests: 1717,
  requestTimeout: '17m',
  apiKey: { secret: 'marker-secret', key: 'marker-key' },
  extraArgs: ['--marker-arg'],
};
const queue: Omit<Optional<ResultQueueProps>, 'autoscaling' | 'service' | 'frontProxy' | Apart> = {
  // Without a Service, both are errors.
  ...(({ service: _service, frontProxy: _proxy, ...rest }) => rest)(service),
  queue: 'marker-queue',
  resultTtl: '73s',
  visibilityTimeout: '79s',
  attempts: 8,
};
const { placement, podAnnotations, podLabels, podSettings, containerSettings, security } = workload;
const podOptions = { placement, podAnnotations, podLabels, podSettings, containerSettings, security };
const component = { name: 'other-name', labels: workload.labels, annotations: workload.annotations, chart: workload.chart };
const redisCache: Omit<Optional<RedisCacheProps>, 'serviceAccount'> = {
  ...component,
  ...podOptions,
  image: 'valkey/valkey:8.0.1',
  auth: { secret: 'marker-secret', key: 'marker-key' },
  storage: { size: '17Gi', storageClassName: 'marker-class' },
  disabledCommands: ['MARKER'],
  resources: { requests: { cpu: '170m', memory: '170Mi' }, limits: { cpu: '1700m', memory: '717Mi' } },
};
const gate: Omit<Optional<ValidationHookProps>, 'serviceAccount'> = {
  ...component,
  ...podOptions,
  command: ['marker-command'],
  phase: 'after',
  spareDevices: true,
  minSamples: 1717,
  nonce: 'none',
  timeout: '17m',
  resources: { requests: { cpu: '170m', memory: '170Mi' }, limits: { memory: '717Mi' } },
  gpu: { count: 7, product: 'marker-product' },
  env: { MARKER: 'marker-env' },
  volumes: workload.volumes,
  containerName: 'marker-container',
};
const exporter = {
  ...component,
  mode: 'pod-monitor',
  interval: '17s',
  monitorLabels: { release: 'marker-release' },
} as const satisfies Omit<Extract<MetricsExporterProps, { readonly mode: 'pod-monitor' | 'service-monitor' }>, 'targets'>;
const adapter: Optional<PrometheusAdapterProps> = {
  ...component,
  prometheusUrl: 'http://marker-prometheus:9099',
  image: 'mirror.example/adapter:v9.9.9',
  resources: { requests: { cpu: '170m', memory: '170Mi' }, limits: { memory: '717Mi' } },
};

const image = 'registry.example/service:v1';
const scaled: Partial<ModelServerProps> = {
  autoscaling: { min: 1, max: 2, metric: { name: 'http_requests_in_progress', target: 3 } },
};
type Build = (chart: import('cdk8s').Chart, props: object) => unknown;
const CASES: Readonly<Record<string, readonly [table: Readonly<Record<string, unknown>>, build: Build]>> = {
  ModelServer: [modelServer, (chart, props) => server(chart, props)],
  FeatureProxy: [
    featureProxy,
    (chart, props) => new FeatureProxy(chart, 'it', { image, resources: SMALL, upstream: 'http://up:1', ...props }),
  ],
  Preprocessor: [
    preprocessor,
    (chart, props) => new Preprocessor(chart, 'it', { image, resources: SMALL, next: server(chart), ...props }),
  ],
  HttpService: [
    httpService,
    (chart, props) =>
      new HttpService(chart, 'it', {
        image,
        resources: SMALL,
        ...props,
        health: { ready: { path: '/r' }, live: { path: '/l' }, ...(props as Partial<HttpServiceProps>).health },
      }),
  ],
  SglangRouter: [
    sglangRouter,
    (chart, props) =>
      new SglangRouter(chart, 'it', {
        image,
        resources: SMALL,
        servers: [server(chart, { runtime: sglang({ version: '0.5.17' }) })],
        ...props,
      }),
  ],
  ResultQueue: [
    queue,
    (chart, props) =>
      new ResultQueue(chart, 'it', {
        image,
        resources: SMALL,
        server: server(chart),
        broker: new RedisCache(chart, 'redis'),
        ...props,
      }),
  ],
  RedisCache: [redisCache, (chart, props) => new RedisCache(chart, 'it', props)],
  ValidationHook: [
    gate,
    (chart, props) =>
      new ValidationHook(chart, 'it', {
        validates: server(chart),
        image,
        dataset: { uri: '/data' },
        thresholds: { auc: { min: 0.9 } },
        ...props,
      }),
  ],
  MetricsExporter: [exporter, (chart, props) => new MetricsExporter(chart, 'it', { targets: [server(chart)], ...props })],
  PrometheusAdapter: [
    adapter,
    (chart, props) => new PrometheusAdapter(chart, 'it', { serves: [server(chart, scaled)], ...props }),
  ],
};

const outcome = (build: Build, props: object): string => outcomeOf((chart) => build(chart, props));

/** All strings and numbers a value is made of, those of choices left out. */
function markers(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.includes('marker') ? [value] : [];
  if (typeof value === 'object' && value !== null) return Object.values(value).flatMap(markers);
  return [];
}

describe('nothing a user writes is lost', () => {
  for (const [name, [table, build]] of Object.entries(CASES)) {
    const keys = Object.keys(table);

    it(`${name}: each prop changes the output, whatever else is set`, () => {
      fc.assert(
        fc.property(fc.constantFrom(...keys), fc.subarray(keys), (key, others) => {
          const given = Object.fromEntries(others.filter((other) => other !== key).map((other) => [other, table[other]]));
          expect(outcome(build, { ...given, [key]: table[key] }), key).not.toBe(outcome(build, given));
        }),
        { numRuns: 150, seed: 20_261_121 },
      );
    });

    it(`${name}: every text inside a prop is in the manifests`, () => {
      const given = table;
      const output = outcome(build, given);
      for (const marker of markers(given)) expect([marker, output.includes(marker)]).toEqual([marker, true]);
    });
  }

  it('a field inside a prop changes the output too', () => {
    const fields = Object.entries(modelServer).flatMap(([key, value]) =>
      typeof value === 'object' && !Array.isArray(value) && !['runtime', 'features', 'cache'].includes(key)
        ? Object.keys(value).map((field) => [key, field] as const)
        : [],
    );
    expect(fields.length).toBeGreaterThan(20);
    for (const [key, field] of fields) {
      const whole = modelServer[key as keyof typeof modelServer] as Record<string, unknown>;
      const { [field]: _left, ...rest } = whole;
      const build = (chart: import('cdk8s').Chart, props: object) => server(chart, props);
      const before = outcome(build, { [key]: whole });
      let without = 'refused';
      try {
        without = outcome(build, { [key]: rest });
      } catch (error) {
        // A required field: the construct says so.
        expect(String(error), `${key}.${field}`).toMatch(/^ServingError: .*WRONG_TYPE/);
      }
      expect(without, `${key}.${field}`).not.toBe(before);
    }
  });
});
