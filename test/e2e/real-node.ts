import { execFile, execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { buildImages } from '../../apps/images/build';
import { type Image, sampleImages, validationFile } from '../../apps/images/images';
import { addService } from '../../apps/images/rootfs';
import { ask } from '../../apps/images/service';
import type { KubeObject } from '../../lib/kube/object';
import { SHARED } from '../harness/cluster';
import { type ReleaseCluster, releaseCluster } from '../release/harness';
import type { Sent } from './images/client';
import { objectStore } from './object-store';

const run = promisify(execFile);

/** A cluster with one node on which pods really run. */
export interface RealNode extends ReleaseCluster {
  readonly kubectlPath: string;
  /** Address of the node, on which DNS answers; the object store is on the other end of its link. */
  readonly nodeAddress: string;
  /** Runs a command on the node and returns what it printed. */
  onNode(...command: readonly string[]): Promise<string>;
  /** Builds an image and puts it onto the node. */
  build(...images: readonly Image[]): void;
  /** Creates objects. */
  create(...objects: readonly object[]): Promise<void>;
  /** Starts a pod of one of the tests' own images in a namespace, and returns its URL. */
  fixture(namespace: string, image: keyof typeof PORTS, env?: Readonly<Record<string, string>>): Promise<string>;
}

/** A real node, and what the sample stacks expect around them. */
export interface RealCluster extends RealNode {
  /** The account for the data set. */
  readonly datasetCredentials: Readonly<Record<string, string>>;
  /** A namespace with what the stack expects there: the account for the data set, and the feature store. */
  surroundings(namespace: string): Promise<void>;
  /** Starts a client pod in a namespace, which sends `rate` requests per second to a URL. */
  client(namespace: string, target?: string, rate?: number): Promise<Client>;
}

/** What a service answered. */
export interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** And whether it wants the connection closed. */
export interface SlowReply extends Reply {
  readonly connection: string;
}

/** A pod that sends requests. */
export interface Client {
  /** Every request at the constant rate so far, and what became of it. */
  sent(): Promise<readonly Sent[]>;
  /** Sends one request more. */
  ask(url: string, body?: unknown): Promise<Reply>;
  /** Sends one whose second half comes after some seconds. */
  slowly(url: string, body: unknown, seconds: number): Promise<SlowReply>;
  stop(): Promise<void>;
}

/** An image of a program in `images/`. */
export const fixtureImage = (name: keyof typeof PORTS): Image => ({
  name: `test.local/${name}:1`,
  base: { node: true },
  entrypoint: ['/usr/bin/node', '/app/main.js'],
  fill: (root) => addService(root, join(__dirname, 'images', `${name}.ts`)),
});

const PORTS = { client: 9000, predictions: 9001, 'feature-store': 8082 } as const;

/** A pod of one of the tests' own images. */
function fixturePod(namespace: string, image: keyof typeof PORTS, env: Readonly<Record<string, string>> = {}): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: image, namespace, labels: { app: image } },
    spec: {
      automountServiceAccountToken: false,
      terminationGracePeriodSeconds: 1,
      containers: [
        {
          name: image,
          image: `test.local/${image}:1`,
          readinessProbe: { httpGet: { path: '/health/ready', port: PORTS[image] }, periodSeconds: 1 },
          env: Object.entries(env).map(([name, value]) => ({ name, value })),
        },
      ],
    },
  };
}

/** Starts the cluster and its node, and builds images. */
export async function realNode(images: () => readonly Image[]): Promise<RealNode> {
  const cluster = await releaseCluster({ CLUSTER_CPU_NODES: '0', CLUSTER_GPU_NODES: '0' });
  try {
    const nodeAddress = (await cluster.tool('node')).trim().split(' ')[1] ?? '';
    const build = (...built: readonly Image[]) =>
      buildImages(built, { tool: join(SHARED, 'cluster/image'), cluster: cluster.dir });
    build(...images());
    const kubectlPath = join((await run(join(SHARED, 'cluster/cluster'), ['bin'])).stdout.trim(), 'kubectl');
    const create = async (...objects: readonly object[]) => {
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: objects });
      execFileSync(kubectlPath, ['--kubeconfig', cluster.kubeconfig, 'create', '-f', '-'], { input, stdio: 'pipe' });
    };
    return {
      ...cluster,
      kubectlPath,
      nodeAddress,
      build,
      create,
      fixture: async (namespace, image, env) => {
        const pod = ['-n', namespace, `pod/${image}`];
        await create(fixturePod(namespace, image, env));
        await cluster.kubectl('wait', ...pod, '--for=condition=Ready', '--timeout=60s');
        return `http://${await cluster.kubectl('get', ...pod, '-o', 'jsonpath={.status.podIP}')}:${PORTS[image]}`;
      },
      onNode: async (...command) =>
        (await run(join(SHARED, 'cluster/cluster'), ['in-node', cluster.dir, ...command], { maxBuffer: 2 ** 26 })).stdout,
    };
  } catch (error) {
    await cluster.down();
    throw error;
  }
}

/** What the sample stacks run, and what is around them. */
const sampleSurroundings = () => [...sampleImages(), fixtureImage('feature-store'), fixtureImage('client')];

/** A real node with images, all of the sample stacks by default, and an object store beside it. */
export async function realCluster(images: () => readonly Image[] = sampleSurroundings): Promise<RealCluster> {
  const cluster = await realNode(images);
  try {
    const store = await objectStore(cluster.nodeAddress.replace(/\.2$/, '.1'), {
      '/ml-data/validation/fraud/2026-01/transactions.csv': validationFile(),
    });
    for (const other of ['ingress-nginx', 'monitoring']) await cluster.namespace(other);
    const { create, fixture } = cluster;
    return {
      ...cluster,
      datasetCredentials: store.credentials,
      surroundings: async (namespace) => {
        await cluster.namespace(namespace);
        await create(
          {
            apiVersion: 'networking.k8s.io/v1',
            kind: 'IngressClass',
            metadata: { name: 'nginx' },
            spec: { controller: 'k8s.io/ingress-nginx' },
          },
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
      client: async (namespace, target = 'http://nowhere', rate = 0) => {
        const url = await fixture(namespace, 'client', { TARGET: target, RATE: String(rate) });
        const asked = async (path: string, body?: unknown) => (await ask(`${url}${path}`, body, 120_000)).body;
        return {
          sent: async () => (await asked('/sent/0')) as readonly Sent[],
          ask: async (to, body) => (await asked('/ask', { url: to, body })) as Reply,
          slowly: async (to, body, seconds) => (await asked('/slowly', { url: to, body, seconds })) as SlowReply,
          stop: async () => void (await cluster.kubectl('-n', namespace, 'delete', 'pod/client')),
        };
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
