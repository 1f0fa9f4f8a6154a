import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildImages } from '../../apps/images/build';
import { type Image, sampleImages, validationFile } from '../../apps/images/images';
import { addService } from '../../apps/images/rootfs';
import type { KubeObject } from '../../lib/kube/object';
import { SHARED } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster } from '../release/harness';
import { objectStore } from './object-store';

const run = promisify(execFile);

/** A cluster with one node on which pods really run, and what the sample stacks expect around them. */
export interface RealCluster extends ReleaseCluster {
  readonly kubectlPath: string;
  /** Runs a command on the node and returns what it printed. */
  onNode(...command: readonly string[]): Promise<string>;
  /** Creates objects. */
  create(...objects: readonly object[]): Promise<void>;
  /** A namespace with what the stack expects there: the account for the data set, and the feature store. */
  surroundings(namespace: string): Promise<void>;
  /** Starts a client pod in the place of an ingress controller, which sends `rate` requests per second to a URL; its own base URL. */
  client(target: string, rate: number): Promise<string>;
}

const fixture = (name: string): Image => ({
  name: `test.local/${name}:1`,
  base: 'node',
  entrypoint: ['/usr/bin/node', '/app/main.js'],
  fill: (root) => addService(root, join(__dirname, 'images', `${name}.ts`)),
});

/** A pod of one of the tests' own images. */
export function fixturePod(namespace: string, image: string, env: Readonly<Record<string, string>> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: image, namespace, labels: { app: image } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [
        { name: image, image: `test.local/${image}:1`, env: Object.entries(env).map(([name, value]) => ({ name, value })) },
      ],
    },
  };
}

/** Starts the cluster and its node, builds all images from source, and starts an object store beside it. */
export async function realCluster(): Promise<RealCluster> {
  const cluster = await releaseCluster({ CLUSTER_CPU_NODES: '0', CLUSTER_GPU_NODES: '0' });
  try {
    const node = (await cluster.tool('node')).trim().split(' ')[1] ?? '';
    buildImages([...sampleImages(), fixture('feature-store'), fixture('client')], {
      tool: join(SHARED, 'cluster/image'),
      cluster: cluster.dir,
    });
    const store = await objectStore(node.replace(/\.2$/, '.1'), {
      '/ml-data/validation/fraud/2026-01/transactions.csv': validationFile(),
    });
    const kubectlPath = join((await run(join(SHARED, 'cluster/cluster'), ['bin'])).stdout.trim(), 'kubectl');
    await cluster.namespace('ingress-nginx');
    const create = async (...objects: readonly object[]) => {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      execFileSync(kubectlPath, ['--kubeconfig', cluster.kubeconfig, 'create', '-f', '-'], { input, stdio: 'pipe' });
    };
    return {
      ...cluster,
      kubectlPath,
      create,
      onNode: async (...command) =>
        (await run(join(SHARED, 'cluster/cluster'), ['in-node', cluster.dir, ...command], { maxBuffer: 2 ** 26 })).stdout,
      surroundings: async (namespace) => {
        await cluster.namespace(namespace);
        await create(
          { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'ml-data-reader', namespace }, stringData: store.credentials },
          fixturePod(namespace, 'feature-store'),
          {
            apiVersion: 'v1',
            kind: 'Service',
            metadata: { name: 'feature-store-svc', namespace },
            spec: { selector: { app: 'feature-store' }, ports: [{ port: 8082 }] },
          },
        );
      },
      client: async (target, rate) => {
        const [namespace, name] = ['ingress-nginx', 'client'];
        await create(fixturePod(namespace, name, { TARGET: target, RATE: String(rate) }));
        await cluster.kubectl('-n', namespace, 'wait', '--for=condition=Ready', `pod/${name}`, '--timeout=60s');
        return `http://${await cluster.kubectl('-n', namespace, 'get', 'pod', name, '-o', 'jsonpath={.status.podIP}')}:9000`;
      },
      down: async () => {
        store.close();
        await cluster.down();
      },
    };
  } catch (error) {
    await cluster.down();
    throw error;
  }
}
