import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Image, sampleImages } from '../../../apps/images/images';
import { addFile } from '../../../apps/images/rootfs';
import { trainedModels } from '../../../apps/images/train';
import { SHARED } from '../../harness/cluster';
import type { RealCluster } from '../real-node';
import { type Ended, type Recording, record } from '../recording';

const run = promisify(execFile);
const [NAMESPACE, RELEASE] = ['team-fraud-dev', 'fraud-model'];
const CREDENTIALS = 'var/run/dataset';

/**
 * The validator as the chart's hook needs it: the hook mounts neither the model nor the account for the data set, so the image holds all
 * models and the account.
 */
export function helmValidator(credentials: Readonly<Record<string, string>>): Image {
  const [validator] = sampleImages().filter(({ name }) => name.includes('ml-validator'));
  if (validator === undefined) throw new Error('there is no validator');
  return {
    ...validator,
    env: { DATASET_CREDENTIALS_DIR: `/${CREDENTIALS}` },
    fill: (root) => {
      validator.fill(root);
      for (const model of trainedModels()) addFile(root, `models/fraud/${model.version}/model.pt`, JSON.stringify(model));
      for (const [name, text] of Object.entries(credentials)) addFile(root, `${CREDENTIALS}/${name}`, text);
    },
  };
}

/** Takes the fraud model's chart through the same as `recordTraffic`, with helm 3. */
export async function recordHelm(cluster: RealCluster): Promise<Recording> {
  const helm = join((await run(join(SHARED, 'peers/unpack'))).stdout.trim(), 'helm3');
  const chart = join(SHARED, 'peers/charts/fraud-model');
  const call = async (...args: readonly string[]): Promise<Ended> => {
    try {
      await run(helm, ['--kubeconfig', cluster.kubeconfig, '-n', NAMESPACE, ...args]);
      return { exitCode: 0, message: '' };
    } catch (error) {
      const { code, stderr } = error as { readonly code: number; readonly stderr: string };
      return {
        exitCode: code,
        message:
          stderr
            .trim()
            .split('\n')
            .at(-1)
            ?.replace(/^[\s*]+/, '') ?? '',
      };
    }
  };
  const small = 'resources.requests.cpu=250m,resources.requests.memory=256Mi';
  const values = (version: string, more = '') => [
    '--set',
    `${small},image.tag=${version},model.path=/models/fraud/${version}/model.pt${more}`,
  ];
  /** `helm upgrade --atomic`; the readiness probe alone waits for a minute. */
  const upgrade =
    (version: string, ...more: readonly string[]) =>
    async (): Promise<Ended> => {
      const at = Date.now();
      const ended = await call('upgrade', RELEASE, chart, ...values(version), '--atomic', '--timeout', '2m', ...more);
      return ended.exitCode === 0 && !more.includes('--no-hooks') ? { ...ended, passed: { version, at } } : ended;
    };
  const deleteJob = () => cluster.kubectl('-n', NAMESPACE, 'delete', 'jobs', '--all');

  await cluster.surroundings(NAMESPACE);
  await cluster.create({
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'feature-server-svc', namespace: NAMESPACE },
    spec: { selector: { app: 'feature-store' }, ports: [{ port: 8081, targetPort: 8082 }] },
  });
  const installed = await call('install', RELEASE, chart, ...values('v2.1.0'), '--wait', '--timeout', '3m');
  if (installed.exitCode !== 0) throw new Error(installed.message);
  const target = `http://${RELEASE}-fraud-model.${NAMESPACE}/predict`;
  const served = { namespace: NAMESPACE, labels: `app.kubernetes.io/instance=${RELEASE}`, target, passedBefore: [] };
  const recording = await record(cluster, served, {
    'upgrade to the better model': upgrade('v2.2.0'),
    'upgrade to the worse model': upgrade('v2.3.0'),
    'a good upgrade after it': upgrade('v2.2.0', '--set', 'model.batchSize=32'),
    'image that crashes on load, the failed Job deleted by hand': async () => {
      await deleteJob();
      return upgrade('v2.4.0')();
    },
    'the same, without a gate': upgrade('v2.4.0', '--no-hooks'),
    rollback: () => call('rollback', RELEASE, '1', '--wait', '--timeout', '2m'),
    'one variable changed, the failed Job deleted by hand': async () => {
      await deleteJob();
      return upgrade('v2.1.0', '--set', 'model.decisionThreshold=0.6')();
    },
  });
  await call('uninstall', RELEASE, '--wait');
  return recording;
}
