import type { Construct } from 'constructs';
import { HttpService, Model, ModelServer, Route, ServingStack, textEmbeddings, vllm } from '../../../lib';

/** A chat model and an embedding model behind one LiteLLM with a key: a config from files, a chat template, keys from Secrets. */
export function modelsBehindAGateway(scope: Construct): ServingStack {
  const external = ['Secret/keys', 'Secret/litellm', 'PersistentVolumeClaim/weights', 'Gateway/public', 'litellm-db'];
  const stack = new ServingStack(scope, 'assistant', { namespace: 'stacks', external });
  const apiKey = { secret: 'keys', key: 'vllm' };
  const chat = new ModelServer(stack, 'chat', {
    model: Model.claim({ claim: 'weights', subPath: 'mistral-small', path: '/mnt/models', version: 'v3.2' }),
    image: 'vllm/vllm-openai:v0.26.0',
    files: { '/etc/vllm/chat.jinja': '{% for message in messages %}{{ message.content }}{% endfor %}' },
    runtime: vllm({ version: '0.26.0', maxModelLen: 32_768, apiKey, chatTemplate: '/etc/vllm/chat.jinja', keepAlive: '5m' }),
    gpu: { count: 1, product: 'NVIDIA-L40S' },
    replicas: 2,
    resources: { requests: { cpu: '8', memory: '48Gi' }, limits: { memory: '64Gi' } },
  });
  const embeddings = new ModelServer(stack, 'embeddings', {
    model: Model.claim({ claim: 'weights', subPath: 'bge-m3', path: '/mnt/models', version: 'v1' }),
    image: 'ghcr.io/huggingface/text-embeddings-inference:cpu-1.9.4',
    runtime: textEmbeddings({ version: '1.9.4' }),
    resources: { requests: { cpu: '4', memory: '6Gi' }, limits: { memory: '8Gi' } },
  });
  const models = [
    {
      model_name: 'chat',
      litellm_params: { model: 'hosted_vllm/chat', api_base: `${chat.url}/v1`, api_key: 'os.environ/VLLM_KEY' },
    },
    { model_name: 'embeddings', litellm_params: { model: 'openai/embeddings', api_base: `${embeddings.url}/v1` } },
  ];
  const litellm = new HttpService(stack, 'litellm', {
    image: 'ghcr.io/berriai/litellm:v1.77.3',
    port: 4000,
    args: ['--config', '/etc/litellm/config.yaml', '--port', '4000'],
    files: { '/etc/litellm/config.yaml': JSON.stringify({ model_list: models }, undefined, 2) },
    env: {
      VLLM_KEY: apiKey,
      LITELLM_MASTER_KEY: { secret: 'litellm', key: 'master' },
      DATABASE_URL: { secret: 'litellm', key: 'db' },
    },
    health: { ready: { path: '/health/readiness' }, live: { path: '/health/liveliness' } },
    calls: [chat, embeddings],
    streams: true,
    autoscaling: { min: 2, max: 6, cpu: 70 },
    resources: { requests: { cpu: '1', memory: '2Gi' }, limits: { memory: '4Gi' } },
  });
  litellm.allowTo({ anywhere: true }, 5432);
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, hostnames: ['ai.company.com'], to: litellm });
  return stack;
}
