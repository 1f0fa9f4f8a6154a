import type { Construct } from 'constructs';
import { MetricsExporter, Model, ModelServer, Route, ServingStack, vllm } from '../../../lib';

/** vLLM production-stack, values 22: a gateway in another namespace, and KEDA on the queue. */
export function gatewayAndKeda(scope: Construct): ServingStack {
  const stack = new ServingStack(scope, 'opt', { namespace: 'stacks' });
  const server = new ModelServer(stack, 'opt125m', {
    model: Model.huggingFace({ repo: 'facebook/opt-125m', revision: '27dcfa74d334bc871f3234de431e71c6eeba5dd6', size: '1Gi' }),
    image: 'vllm/vllm-openai:v0.26.0',
    runtime: vllm({ version: '0.26.0' }),
    gpu: { count: 1 },
    autoscaling: {
      min: 1,
      max: 3,
      on: 'queue',
      target: 5,
      by: {
        keda: {
          prometheus: 'http://prometheus-operated.monitoring.svc:9090',
          polling: '15s',
          cooldown: '6m',
          fallback: { replicas: 2, failures: 3 },
        },
      },
    },
    resources: { requests: { cpu: '2', memory: '16Gi' }, limits: { memory: '20Gi' } },
  });
  new Route(stack, 'route', { gateway: { name: 'public', namespace: 'gateways' }, hostnames: ['llm.company.com'], to: server });
  new MetricsExporter(stack, 'metrics', { mode: 'pod-monitor', targets: [server] });
  return stack;
}
