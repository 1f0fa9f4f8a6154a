import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseAllDocuments } from 'yaml';
import type { KubeObject } from '../../lib/kube/object';
import { adopt } from '../../lib/release';
import { SHARED } from '../harness/cluster';
import { course } from '../release/harness';
import { folder } from '../release/manifests';
import type { RealCluster } from './real-node';
import { type Recording, record } from './recording';
import { NAMESPACE as STACK } from './stack';

const run = promisify(execFile);
const [NAMESPACE, RELEASE] = ['team-fraud-helm', 'fraud-model'];
const VALUES = [
  ...['replicaCount=3', 'resources.requests.cpu=50m', 'resources.requests.memory=256Mi'],
  `featureServer.url=http://feature-store-svc.${STACK}:8082`,
];

/** A Helm release that was adopted under constant requests. */
export interface Adoption {
  readonly recording: Recording;
  /** What `helm status` prints afterwards. */
  readonly status: string;
}

/** Installs the fraud model's chart with helm 3, three replicas, and adopts it while requests go on. */
export async function recordAdoption(cluster: RealCluster): Promise<Adoption> {
  const binary = join((await run(join(SHARED, 'peers/unpack'))).stdout.trim(), 'helm3');
  const helm = (...args: readonly string[]): Promise<string> =>
    run(binary, ['--kubeconfig', cluster.kubeconfig, '-n', NAMESPACE, ...args]).then(
      ({ stdout }) => stdout,
      (error: { readonly stderr: string }) => `failed: ${error.stderr}`,
    );
  const chart = promptChart();
  const values = ['--set', VALUES.join(','), '--no-hooks'];
  await cluster.namespace(NAMESPACE);
  const installed = await helm('install', RELEASE, chart, ...values, '--wait', '--timeout', '2m');
  if (!installed.includes('STATUS: deployed')) throw new Error(installed);
  const manifests = parseAllDocuments(await helm('template', RELEASE, chart, ...values)).map((document): KubeObject => {
    const object = document.toJS() as KubeObject;
    const { 'helm.sh/chart': _chart, 'app.kubernetes.io/managed-by': _by, ...labels } = object.metadata.labels ?? {};
    return { ...object, metadata: { name: object.metadata.name, namespace: NAMESPACE, labels } };
  });
  const target = `http://${RELEASE}-fraud-model.${NAMESPACE}/predict`;
  const served = { namespace: NAMESPACE, labels: `app.kubernetes.io/instance=${RELEASE}`, target, passedBefore: ['v2.1.0'] };
  const recording = await record(cluster, served, {
    adoption: () => course(adopt(cluster.engine, folder(manifests), { release: RELEASE })),
  });
  const status = await helm('status', RELEASE);
  await cluster.kubectl('delete', 'namespace', NAMESPACE, '--wait=false');
  return { recording, status };
}

/** The chart as it is, but for the minute that its readiness probe waits first. */
function promptChart(): string {
  const chart = mkdtempSync(join(tmpdir(), 'chart-'));
  cpSync(join(SHARED, 'peers/charts/fraud-model'), chart, { recursive: true });
  const file = join(chart, 'templates/deployment.yaml');
  writeFileSync(file, readFileSync(file, 'utf8').replace('initialDelaySeconds: 60', 'initialDelaySeconds: 1'));
  return chart;
}
