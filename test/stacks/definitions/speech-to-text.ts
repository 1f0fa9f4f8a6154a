import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Route, type Runtime, ServingStack } from '../../../lib';

/** A server of speech models with the API of OpenAI, as a runtime that a user adds. */
const speaches: Runtime = {
  name: 'speaches',
  ports: { http: 8000 },
  health: { ready: { path: '/health' }, live: { tcp: true } },
  env: ({ modelPath, ports }) => ({
    UVICORN_PORT: ports.http,
    WHISPER__MODEL: modelPath,
    HOME: '/tmp',
    HF_HOME: '/tmp/hub',
    HF_HUB_OFFLINE: 1,
  }),
  drain: { before: '15s', finish: '120s', onTerm: 'refuses' },
  metrics: { path: '/metrics', series: { running: { series: 'http_requests_in_progress', kind: 'gauge' } } },
  startupTimeout: '10m',
  user: { uid: 1000, gid: 1000 },
};

/** Whisper on slices of a GPU, for uploads of minutes, behind a gateway. */
export function speechToText(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'speech', { namespace: 'stacks', external: ['Gateway/public'] });
  const server = new ModelServer(stack, 'whisper', {
    model: Model.huggingFace({
      repo: 'Systran/faster-whisper-large-v3',
      revision: 'edaa852ec7e145841d8ffdb056a99866b5f0a478',
      size: '4Gi',
      fetcher: 'registry.company.com/hub:1.0.0',
    }),
    image: 'ghcr.io/speaches-ai/speaches:0.8.3-cuda',
    runtime: speaches,
    gpu: { mig: '1g.10gb' },
    replicas: 2,
    resources: { requests: { cpu: '2', memory: '6Gi' }, limits: { memory: '8Gi' } },
  });
  new Route(stack, 'route', {
    gateway: { name: 'public', namespace: 'gateways' },
    hostnames: ['speech.company.com'],
    to: server,
    path: '/v1/audio',
    timeout: '10m',
  });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
