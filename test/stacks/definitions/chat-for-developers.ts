import type { Construct } from 'constructs';
import { Model, ModelServer, ollama, Preprocessor, ServingStack } from '../../../lib';

/** Ollama on a share of a GPU with a chat page in front, as a team tries models out. */
export function chatForDevelopers(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'chat', {
    namespace: 'stacks',
    external: ['PersistentVolumeClaim/models', 'PersistentVolumeClaim/webui'],
  });
  const server = new ModelServer(stack, 'ollama', {
    model: Model.claim({ claim: 'models', wholeVolume: true, path: '/mnt/models', version: 'v1' }),
    image: 'ollama/ollama:0.12.6',
    runtime: ollama({ contextLength: 8192, keepAlive: '30m' }),
    gpu: { shared: 'time-slicing', memoryShare: '10Gi' },
    resources: { requests: { cpu: '2', memory: '8Gi' }, limits: { memory: '12Gi' } },
  });
  new Preprocessor(stack, 'webui', {
    image: 'ghcr.io/open-webui/open-webui:v0.6.34',
    next: server,
    env: { OLLAMA_BASE_URL: server.url, DATA_DIR: '/data', HOME: '/tmp' },
    volumes: [{ name: 'data', source: { persistentVolumeClaim: { claimName: 'webui' } }, mountPath: '/data', readOnly: false }],
    health: { ready: { path: '/ready' }, live: { path: '/health' } },
    resources: { requests: { cpu: '500m', memory: '1Gi' }, limits: { memory: '2Gi' } },
  });
  return stack;
}
