import type { Construct } from 'constructs';
import { Model, ModelServer, openvino, Route, ServingStack } from '../../../lib';

/** OpenVINO with a language model and embeddings of one config on GPUs of Intel, from an object store with its own authority. */
export function openvinoGenerative(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'arc', {
    namespace: 'stacks',
    external: ['Secret/s3', 'ConfigMap/ca', 'Gateway/internal'],
  });
  const model = (name: string, size: '6Gi' | '2Gi') =>
    Model.objectStore({
      uri: `s3://models/${name}/`,
      version: 'int4-2',
      size,
      fetcher: 'amazon/aws-cli:2.27.0',
      endpoint: 'https://s3.company.internal',
      credentials: 's3',
      certificates: { configMap: 'ca', key: 'ca.pem' },
    });
  const names = ['qwen3-8b', 'bge-m3'] as const;
  const server = new ModelServer(stack, 'ovms', {
    model: Model.repository({
      version: 'int4-2',
      models: { 'qwen3-8b': model(names[0], '6Gi'), 'bge-m3': model(names[1], '2Gi') },
    }),
    image: 'openvino/model_server:2025.3-gpu',
    runtime: openvino({
      version: '2025.3',
      configPath: '/etc/ovms/config.json',
      streams: true,
      extraArgs: ['--rest_workers', '64', '--log_level', 'INFO'],
    }),
    files: {
      '/etc/ovms/config.json': JSON.stringify({
        model_config_list: [],
        mediapipe_config_list: names.map((name) => ({ name, base_path: `/mnt/models/${name}` })),
      }),
    },
    gpu: { count: 1, vendor: 'intel' },
    replicas: 2,
    startupTimeout: '20m',
    resources: { requests: { cpu: '4', memory: '16Gi' }, limits: { memory: '24Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'internal', namespace: 'gateways' }, path: '/v3', to: server });
  return stack;
}
