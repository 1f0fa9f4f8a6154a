import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Preprocessor, ServingStack, textEmbeddings } from '../../../lib';

/** Search in documents: embeddings and a reranker on CPUs, and the component that calls both. */
export function embeddingsAndReranker(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'rag', { namespace: 'stacks' });
  const server = (name: string, repo: `${string}/${string}`, size: '2Gi' | '3Gi') =>
    new ModelServer(stack, name, {
      model: Model.huggingFace({
        repo,
        revision: '5617a9f61b028005a4858fdac845db406aefb181',
        size,
        fetcher: 'registry.company.com/hub:1.0.0',
      }),
      image: 'ghcr.io/huggingface/text-embeddings-inference:cpu-1.9.4',
      runtime: textEmbeddings({ version: '1.9.4' }),
      autoscaling: { min: 2, max: 6, cpu: 70 },
      resources: { requests: { cpu: '4', memory: '6Gi' }, limits: { memory: '8Gi' } },
    });
  const [embeddings, reranker] = [
    server('embeddings', 'BAAI/bge-m3', '3Gi'),
    server('reranker', 'BAAI/bge-reranker-base', '2Gi'),
  ];
  const resources = { requests: { cpu: '500m', memory: '512Mi' }, limits: { memory: '1Gi' } } as const;
  const answers = new Preprocessor(stack, 'answers', {
    image: 'registry.company.com/answers:1.0.0',
    next: embeddings,
    resources,
  });
  reranker.acceptFrom(answers);
  new MetricsExporter(stack, 'metrics', { targets: [embeddings, reranker] });
  return stack;
}
