import type { Construct } from 'constructs';
import { Model, ModelServer, nim, ServingStack } from '../../../lib';

/** nim-deploy: Llama 3.1 8B as a NIM. */
export function nimLlama(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'nim', {
    namespace: 'stacks',
    imagePullSecrets: ['ngc-secret'],
    external: ['Secret/ngc-api', 'Secret/ngc-secret', 'PersistentVolumeClaim/nim-cache'],
  });
  const server = new ModelServer(stack, 'llama', {
    model: Model.baked({ image: 'nvcr.io/nim/meta/llama-3.1-8b-instruct', version: '1.1.0', path: '/opt/nim/.cache' }),
    runtime: nim({ version: '1.1.0', apiKey: { secret: 'ngc-api', key: 'NGC_API_KEY' } }),
    gpu: { count: 1 },
    volumes: [
      {
        name: 'cache',
        source: { persistentVolumeClaim: { claimName: 'nim-cache' } },
        mountPath: '/opt/nim/.cache',
        readOnly: false,
      },
    ],
    startupTimeout: '1840s',
    probeTiming: { startupDelay: 40, startupPeriod: 10 },
    resources: { requests: { cpu: '12', memory: '32Gi' }, limits: { memory: '48Gi' } },
  });
  // The model is fetched at the first start, and kept on the claim.
  server.allowTo({ anywhere: true }, 443);
  return stack;
}
