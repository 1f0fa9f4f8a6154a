import type { Construct } from 'constructs';
import { HttpService, Model, ModelServer, nim, Route, ServingStack } from '../../../lib';

/** NVIDIA's blueprint of retrieval: a NIM for language, one for embeddings, one that reranks, and the service that asks them. */
export function nimRetrieval(scope: Construct): ServingStack {
  const claims = ['llm', 'embed', 'rerank'].map((name) => `PersistentVolumeClaim/nim-${name}`);
  const stack = new ServingStack(scope, 'retrieval', {
    namespace: 'stacks',
    imagePullSecrets: ['ngc-secret'],
    external: ['Secret/ngc-secret', 'Secret/ngc-api', 'Gateway/public', ...claims],
  });
  const server = (name: string, image: string, version: '1.10.1' | '1.6.0' | '2.1.7', gpus: number) => {
    const one = new ModelServer(stack, name, {
      model: Model.baked({ image: `nvcr.io/nim/${image}`, version, path: '/opt/nim' }),
      runtime: nim({ version, apiKey: { secret: 'ngc-api', key: 'NGC_API_KEY' } }),
      gpu: { count: gpus },
      probeTiming: { startupDelay: 40, startupPeriod: 10 },
      volumes: [
        {
          name: 'cache',
          source: { persistentVolumeClaim: { claimName: `nim-${name}` } },
          mountPath: '/opt/nim/.cache',
          readOnly: false,
        },
      ],
      resources: { requests: { cpu: '12', memory: '32Gi' }, limits: { memory: '64Gi' } },
    });
    one.allowTo({ anywhere: true }, 443);
    return one;
  };
  const llm = server('llm', 'meta/llama-3.3-70b-instruct', '2.1.7', 4);
  const embed = server('embed', 'nvidia/llama-3.2-nv-embedqa-1b-v2', '1.10.1', 1);
  const rerank = server('rerank', 'nvidia/llama-3.2-nv-rerankqa-1b-v2', '1.6.0', 1);
  const answers = new HttpService(stack, 'answers', {
    image: 'nvcr.io/nvidia/blueprint/rag-server:2.3.0',
    port: 8081,
    env: {
      APP_LLM_SERVERURL: llm.url,
      APP_EMBEDDINGS_SERVERURL: embed.url,
      APP_RANKING_SERVERURL: rerank.url,
      APP_VECTORSTORE_URL: 'http://milvus.vectors.svc:19530',
    },
    health: { ready: { path: '/v1/health' }, live: { tcp: true } },
    calls: [llm, embed, rerank],
    resources: { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '8Gi' } },
  });
  answers.allowTo({ namespace: 'vectors' }, 19_530);
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, to: answers });
  return stack;
}
