import { expect, it } from 'vitest';
import { runChecks } from '../../../lib/checks';

const probe = (port: number) => ({ httpGet: { path: '/health', port } });
const vllm = (args: readonly string[], port: number) => ({
  name: 'vllm',
  image: 'vllm/vllm-openai:v0.10.0',
  args: ['--model=/models', ...args],
  readinessProbe: probe(port),
  volumeMounts: [{ name: 'models', mountPath: '/models' }],
});
const all = (...containers: readonly object[]) =>
  runChecks([
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'chat', namespace: 'x' },
      spec: {
        selector: { matchLabels: { app: 'chat' } },
        template: {
          metadata: { labels: { app: 'chat' } },
          spec: { containers, volumes: [{ name: 'models', persistentVolumeClaim: { claimName: 'models' } }] },
        },
      },
    },
  ]).filter(({ code, severity }) => code === 'SERVER_MISMATCH' && severity === 'error');
const mismatches = (...containers: readonly object[]) => all(...containers).filter(({ path }) => path?.endsWith('.port'));

it('asks the port of the server', () => {
  expect(mismatches(vllm([], 8000))).toEqual([]);
  expect(mismatches(vllm([], 8080))).toHaveLength(1);
  expect(mismatches(vllm(['--port=9000'], 8080))).toHaveLength(1);
});

it('knows that a proxy, a settings file or a second program may have the port', () => {
  const proxy = { name: 'proxy', image: 'envoyproxy/envoy:v1.31.0', ports: [{ containerPort: 8080 }] };
  expect(mismatches(vllm([], 8080), proxy)).toEqual([]);
  expect(mismatches(vllm(['--port=9000'], 8080), proxy)).toEqual([]);
  expect(mismatches(vllm(['--config', '/etc/vllm.yaml'], 8080))).toEqual([]);
  const script = 'router --port 8080 & exec vllm serve /models --port 9000';
  expect(mismatches({ ...vllm([], 8080), command: ['sh', '-c', script], args: [] })).toEqual([]);
});

it('reads the words of a script without its quotes and separators', () => {
  const script = (text: string) => all({ ...vllm([], 8000), command: ['sh', '-c', text], args: [] });
  expect(script(`vllm serve /models --dtype "half" --gpu-memory-utilization '0.9' --max-num-seqs 8; sleep 1`)).toEqual([]);
  expect(script('vllm serve /models --enable-lora; sleep 1')).toEqual([]);
  expect(script('vllm serve /models --tensor-parallel-size 2 & wait')).toEqual([]);
  expect(script('vllm serve /models --dtype "fp17"; sleep 1')).toHaveLength(1);
  expect(script('vllm serve /models --enable-lara; sleep 1')).toHaveLength(1);
});
