import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdk8s';
import type { Image } from '../../apps/images/images';
import { addFile, addService } from '../../apps/images/rootfs';
import { trainedModels } from '../../apps/images/train';
import {
  type CanaryOptions,
  canary,
  http,
  MetricsExporter,
  Model,
  ModelServer,
  Route,
  type Runtime,
  ServingStack,
} from '../../lib';

/** Where the stack of the canaries is, and what its objects are called. */
export const NAMESPACE = 'team-canary';
export const RELEASE = 'canary';
const IMAGE = 'test.local/flawed-model';
/** Where Prometheus is, as the manifests name it: a Service of the cluster. */
export const PROMETHEUS = { name: 'prometheus', namespace: 'monitoring', port: 9090 } as const;

/** Versions of the model server: the model in it, how long a prediction takes, and which one of so many fails. */
const VERSIONS = {
  'v2.1.0': { model: 'v2.1.0', TAKES_MS: '40' },
  'v2.2.0': { model: 'v2.2.0', TAKES_MS: '40' },
  'v2.3.0-errors': { model: 'v2.2.0', TAKES_MS: '40', FAILS_EVERY: '20' },
  'v2.4.0-slow': { model: 'v2.2.0', TAKES_MS: '120' },
} as const;
/** A version of the model server. */
export type Version = keyof typeof VERSIONS;

/** The model that a version serves. */
export const modelOf = (version: string): string | undefined =>
  version in VERSIONS ? VERSIONS[version as Version].model : undefined;

/** One image for each version. */
export function canaryImages(): readonly Image[] {
  const models = new Map(trainedModels().map((model) => [model.version, model]));
  return Object.entries(VERSIONS).map(([version, { model, ...env }]) => ({
    name: `${IMAGE}:${version}`,
    base: { node: true },
    entrypoint: ['/usr/bin/node', '/app/main.js'],
    env: { VERSION: version, ...env },
    fill: (root) => {
      addService(root, join(__dirname, 'images/flawed-model.ts'));
      addFile(root, 'models/model.pt', JSON.stringify(models.get(model)));
    },
  }));
}

/** The server's metrics, errors among them. */
const runtime: Runtime = {
  ...http,
  metrics: {
    path: '/metrics',
    series: { ...http.metrics?.series, errors: { series: 'http_requests_total', kind: 'counter', matchers: 'status=~"5.."' } },
  },
};

/** Seconds of a step. */
export const HOLD = 8;

const STRATEGY: CanaryOptions = {
  steps: [10, 50, 100],
  hold: `${HOLD}s`,
  patience: `${HOLD}s`,
  measure: {
    prometheus: `http://${PROMETHEUS.name}.${PROMETHEUS.namespace}:${PROMETHEUS.port}`,
    minRequests: 25,
    errors: { max: 0.02 },
    requestSeconds: { quantile: 'p90', maxRatio: 1.5 },
  },
};

/** A folder of the stack in one version, with a canary. */
export function canaryFolder(version: Version, strategy: Partial<CanaryOptions> = {}): string {
  const app = new App({ outdir: mkdtempSync(join(tmpdir(), 'serving-canary-')) });
  const stack = new ServingStack(app, RELEASE, { namespace: NAMESPACE });
  const server = new ModelServer(stack, 'model', {
    runtime,
    model: Model.baked({ image: IMAGE, version, path: '/models/model.pt' }),
    replicas: 2,
    resources: { requests: { cpu: '50m', memory: '128Mi' }, limits: { memory: '512Mi' } },
    strategy: canary({ ...STRATEGY, ...strategy }),
  });
  new MetricsExporter(stack, 'metrics', { targets: [server] });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: server });
  app.synth();
  return app.outdir;
}
