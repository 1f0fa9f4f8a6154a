import type { Construct } from 'constructs';
import { Model, ModelServer, Route, ServingStack, tensorflowServing, triton } from '../../../lib';

/** TensorFlow Serving with a list of models and batching from files, and Triton with Python backends on a MIG slice. */
export function classicModels(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'platform', { namespace: 'stacks', external: ['Secret/minio'] });
  const bucket = (name: string) =>
    Model.objectStore({
      uri: `s3://models/${name}/`,
      version: 'v4',
      size: '2Gi',
      fetcher: 'amazon/aws-cli:2.27.0',
      endpoint: 'http://minio.storage.svc:9000',
      credentials: 'minio',
    });
  const resources = { requests: { cpu: '2', memory: '4Gi' }, limits: { memory: '6Gi' } } as const;
  const config = (name: string) => `config { name: "${name}" base_path: "/mnt/models/${name}" model_platform: "tensorflow" }`;
  const tensorflow = new ModelServer(stack, 'tensorflow', {
    model: Model.repository({ version: 'v4', models: { ranking: bucket('ranking'), candidates: bucket('candidates') } }),
    image: 'tensorflow/serving:2.19.1',
    runtime: tensorflowServing({
      modelConfigFile: '/etc/tf/models.txt',
      monitoringConfigFile: '/etc/tf/monitoring.txt',
      batching: true,
    }),
    files: {
      '/etc/tf/models.txt': `model_config_list { ${config('ranking')} ${config('candidates')} }`,
      '/etc/tf/monitoring.txt': 'prometheus_config { enable: true }',
    },
    autoscaling: { min: 2, max: 6, cpu: 60 },
    resources,
  });
  const vision = new ModelServer(stack, 'vision', {
    model: Model.repository({ version: 'v4', models: { detector: bucket('detector'), classifier: bucket('classifier') } }),
    image: 'nvcr.io/nvidia/tritonserver:25.01-py3',
    runtime: triton({ version: '25.01', models: ['detector'], extraArgs: ['--model-load-thread-count=4'] }),
    gpu: { mig: '2g.20gb', product: 'NVIDIA-A100-SXM4-80GB' },
    sidecars: [{ name: 'logs', image: 'fluent/fluent-bit:3.2', resources }],
    resources,
  });
  const gateway = { name: 'internal', namespace: 'gateways' };
  for (const to of [tensorflow, vision])
    new Route(stack, `${to.appName}-http`, { gateway, path: `/${to.appName}`, rewrite: '/', to });
  new Route(stack, 'vision-grpc', { gateway, protocol: 'grpc', hostnames: ['vision.internal'], to: vision });
  return stack;
}
