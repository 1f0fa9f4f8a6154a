import type { Construct } from 'constructs';
import { Model, ModelServer, ServingStack, sglang } from '../../../lib';

/** SGLang's Kubernetes example, made right. */
export function sglangServer(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'sglang', {
    namespace: 'stacks',
    external: ['Secret/huggingface', 'PersistentVolumeClaim/models'],
  });
  new ModelServer(stack, 'llama', {
    model: Model.huggingFace({
      repo: 'meta-llama/Llama-3.1-8B-Instruct',
      revision: '0e9e39f249a16976918f6564b8830bc894c89659',
      token: { secret: 'huggingface', key: 'token' },
      size: '16Gi',
      into: { claim: 'models' },
    }),
    image: 'lmsysorg/sglang:v0.5.17',
    runtime: sglang({ version: '0.5.17', contextLength: 16_384 }),
    gpu: { count: 1 },
    resources: { requests: { cpu: '4', memory: '24Gi' }, limits: { memory: '32Gi' } },
  });
  return stack;
}
