import { cpSync } from 'node:fs';
import { join } from 'node:path';
import type { Construct } from 'constructs';
import type { Image } from '../../../apps/images/images';
import { addFile } from '../../../apps/images/rootfs';
import { bentoml, Model, ModelServer, mlserver, type Runtime, ServingStack } from '../../../lib';
import { SHARED } from '../../harness/cluster';
import { inImage, pythonImage } from './python/image';

const REGISTRY = 'registry.company.com';
const script = (name: string) => join(__dirname, 'python', name);

/** A logistic regression with two features. */
export const CHURN = { weights: [1.5, -2], bias: 0.25 };

/** The server of language models of `llama-cpp-python`, as a user of this library adds it. */
export const llamaCppPython: Runtime = {
  name: 'llama-cpp-python',
  ports: { http: 8000 },
  health: { ready: { path: '/v1/models' }, live: { tcp: true } },
  command: ({ modelPath, modelName, ports }) => ({
    command: ['python3', '-m', 'llama_cpp.server', '--host', '0.0.0.0', '--port', String(ports.http)],
    // By default another request ends the stream of the one before.
    args: ['--model', modelPath, '--model_alias', modelName, '--interrupt_requests', 'false'],
  }),
  // It cuts streams at SIGTERM: they have to end before.
  drain: { before: '30s', finish: '5s', onTerm: 'drops' },
  streams: true,
};

/** Images of the three servers. Their models are made by the images' own Python, and copied into `models`. */
export function serverImages(models: string): readonly Image[] {
  return [
    pythonImage(`${REGISTRY}/mlserver-sklearn:1.7.1`, 'mlserver.txt', (root) => {
      for (const file of ['iris.py', 'grpc_client.py']) cpSync(script(file), join(root, 'app', file));
      inImage(root, '/app/iris.py', '/app/iris.joblib');
      cpSync(join(root, 'app/iris.joblib'), join(models, 'iris.joblib'));
    }),
    pythonImage(`${REGISTRY}/churn:1.0.0`, 'bentoml.txt', (root) => {
      cpSync(script('churn.py'), join(root, 'app/churn.py'));
      addFile(root, 'app/churn.json', JSON.stringify(CHURN));
    }),
    pythonImage(`${REGISTRY}/llama-cpp-python:0.3.36`, 'llama.txt', (root) => {
      cpSync(join(SHARED, 'cluster/tiny-llama.py'), join(root, 'app/tiny-llama.py'));
      inImage(root, '/app/tiny-llama.py', '/app/tiny.gguf');
      cpSync(join(root, 'app/tiny.gguf'), join(models, 'tiny.gguf'));
    }),
  ];
}

/** What differs between releases of the stack. */
export interface Variant {
  /** Directory of the models. */
  readonly models: string;
  /** A variable of all servers; another value makes a rolling update. */
  readonly release: string;
  /** File of MLServer's model. @default 'iris.joblib' */
  readonly iris?: string;
}

/** The runtimes of the servers. */
export const RUNTIMES = {
  iris: mlserver({ version: '1.7.1', implementation: 'mlserver_sklearn.SKLearnModel' }),
  churn: bentoml({ version: '1.4.40', service: 'churn:Churn', directory: '/app' }),
  llm: llamaCppPython,
} as const;

/** The three servers as one stack. */
export function modelServers(scope: Construct, { models, release, iris = 'iris.joblib' }: Variant): ServingStack {
  const stack = new ServingStack(scope, 'servers', { namespace: 'serving', imageRegistry: REGISTRY });
  const common = {
    replicas: 1,
    env: { RELEASE: release },
    resources: { requests: { cpu: '100m', memory: '256Mi' }, limits: { memory: '1Gi' } },
  } as const;
  new ModelServer(stack, 'iris', {
    ...common,
    image: 'mlserver-sklearn:1.7.1',
    model: Model.file({ file: join(models, iris), path: '/mnt/models/model.joblib', version: 'v1' }),
    runtime: RUNTIMES.iris,
  });
  new ModelServer(stack, 'churn', {
    ...common,
    model: Model.baked({ image: 'churn', version: '1.0.0', path: '/app/churn.json' }),
    runtime: RUNTIMES.churn,
  });
  new ModelServer(stack, 'llm', {
    ...common,
    image: 'llama-cpp-python:0.3.36',
    model: Model.file({ file: join(models, 'tiny.gguf'), path: '/mnt/models/tiny.gguf', version: 'v1' }),
    runtime: RUNTIMES.llm,
  });
  return stack;
}
