import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  GATE_ANNOTATION,
  type GatePhase,
  MODEL_VERSION_ANNOTATION,
  NONCE_ANNOTATION,
  RELEASE_LABEL,
  THRESHOLDS_ANNOTATION,
  type Thresholds,
} from '../../lib/kube/contract';
import type { KubeObject } from '../../lib/kube/object';

type Texts = Readonly<Record<string, string>>;

/** A small model server in manifests, to release in tests. `sim` are the annotations that the simulated kubelet understands. */
export interface StackOptions {
  readonly release?: string;
  readonly namespace: string;
  readonly version?: string;
  readonly image?: string;
  readonly replicas?: number;
  readonly sim?: Texts;
  readonly settings?: Texts;
  readonly more?: readonly KubeObject[];
  readonly gates?: readonly KubeObject[];
  readonly pod?: Readonly<Record<string, unknown>>;
  readonly strategy?: Readonly<Record<string, unknown>>;
}

export function stack(options: StackOptions): readonly KubeObject[] {
  const { release = 'fraud', namespace, version = 'v1', settings = { THRESHOLD: '0.75' }, more = [], gates = [] } = options;
  const labels = { 'app.kubernetes.io/name': release };
  const meta = { name: release, namespace, labels };
  return [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: meta },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: meta, data: { ...settings, VERSION: version } },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: meta,
      spec: { selector: labels, ports: [{ name: 'http', port: 80, targetPort: 'http' }] },
    },
    deployment(release, options),
    ...more,
    ...gates,
  ].map(
    (object): KubeObject => ({
      ...object,
      metadata: { ...object.metadata, labels: { ...object.metadata.labels, [RELEASE_LABEL]: release } },
    }),
  );
}

export function deployment(name: string, options: StackOptions): KubeObject {
  const {
    namespace,
    version = 'v1',
    image = `registry.test/fraud:${version}`,
    replicas = 1,
    sim = {},
    pod = {},
    strategy,
  } = options;
  const labels = { 'app.kubernetes.io/name': name };
  const container = {
    name: 'server',
    image,
    ports: [{ name: 'http', containerPort: 8080 }],
    resources: { requests: { cpu: '10m', memory: '16Mi' } },
    readinessProbe: { httpGet: { path: '/health/ready', port: 'http' } },
  };
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels, annotations: { [MODEL_VERSION_ANNOTATION]: version } },
    spec: {
      replicas,
      ...(strategy === undefined ? {} : { strategy }),
      selector: { matchLabels: labels },
      template: {
        metadata: { labels, annotations: Object.fromEntries(Object.entries(sim).map(([key, value]) => [`sim/${key}`, value])) },
        spec: { containers: [container], ...pod },
      },
    },
  };
}

export interface GateOptions {
  readonly namespace: string;
  readonly name?: string;
  readonly phase?: GatePhase;
  readonly thresholds?: Thresholds;
  /** What the gate's container reports and how it exits. */
  readonly report?: string;
  readonly exitCode?: number;
  /** Whether the report has to name the nonce of its run. @default false */
  readonly nonce?: boolean;
  readonly sim?: Texts;
}

export const THRESHOLDS: Thresholds = { auc: { min: 0.92 }, latencyP99Ms: { max: 150 } };

/** A report of a gate, as its container writes it. */
export function report(auc: number, latencyP99Ms = 118): string {
  return JSON.stringify({ v: 1, metrics: { auc, latencyP99Ms }, samples: 20_000 });
}

export function gate(options: GateOptions): KubeObject {
  const { namespace, name = 'validate', phase = 'before', thresholds = THRESHOLDS, exitCode = 0, sim = {} } = options;
  const annotations = {
    ...(exitCode === 0 ? {} : { 'sim/outcome': 'fail', 'sim/exit-code': String(exitCode) }),
    ...(options.report === undefined ? {} : { 'sim/termination-message': options.report }),
    ...Object.fromEntries(Object.entries(sim).map(([key, value]) => [`sim/${key}`, value])),
  };
  // The simulated kubelet of the control plane writes what it is told, and knows no nonce.
  const fixed = options.nonce === true ? {} : { [NONCE_ANNOTATION]: 'none' };
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: {
      name,
      namespace,
      annotations: { ...fixed, [GATE_ANNOTATION]: phase, [THRESHOLDS_ANNOTATION]: JSON.stringify(thresholds) },
    },
    spec: {
      template: {
        metadata: { annotations },
        spec: { restartPolicy: 'Never', containers: [{ name: 'validator', image: 'registry.test/validator:v1' }] },
      },
    },
  };
}

/** Writes objects into a folder of manifests, gate Jobs into its `gates`. */
export function folder(objects: readonly KubeObject[]): string {
  const dir = mkdtempSync(join(tmpdir(), 'serving-manifests-'));
  mkdirSync(join(dir, 'gates'));
  for (const [index, object] of objects.entries()) {
    const isGate = object.metadata.annotations?.[GATE_ANNOTATION] !== undefined;
    const file = `${String(index).padStart(3, '0')}-${object.kind.toLowerCase()}.json`;
    writeFileSync(join(dir, isGate ? 'gates' : '.', file), JSON.stringify(object, null, 2));
  }
  return dir;
}
