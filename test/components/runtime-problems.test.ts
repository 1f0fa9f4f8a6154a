import { expect, it } from 'vitest';
import { runtimeProblems } from '../../lib/components/runtime-problems';
import type { Runtime } from '../../lib/runtimes/runtime';

const own: Runtime = {
  name: 'own',
  ports: { http: 8080 },
  health: { ready: { path: '/ready' }, live: { tcp: true } },
  writableDirectories: ['/tmp'],
};
const paths = (runtime: Partial<Runtime>, image = 'a/b:v1') =>
  runtimeProblems({ ...own, ...runtime }, image).map(({ path }) => path);

it('refuses ports of root and relative directories', () => {
  expect(paths({})).toEqual([]);
  expect(paths({ ports: { http: 80, grpc: 9000 } })).toEqual(['runtime.ports.http']);
  expect(paths({ writableDirectories: ['/tmp', 'cache' as '/cache'] })).toEqual(['runtime.writableDirectories[1]']);
});

it.each([
  ['vllm', '0.20.0', 'vllm/vllm-openai:v0.26.0'],
  ['vllm', '0.20.0', 'mirror.company.com/hub/vllm/vllm-openai:v0.26.0-cu130'],
  ['triton', '24.08', 'nvcr.io/nvidia/tritonserver:25.01-py3'],
])('refuses %s %s in %s', (name, version, image) => {
  expect(paths({ name, version }, image)).toEqual(['runtime.version']);
});

it.each([
  ['vllm', '0.26.0', 'vllm/vllm-openai:v0.26.0'],
  ['vllm', '0.26.0', 'vllm/vllm-openai:v0.26.0-x86_64-cu130'],
  ['vllm', '0.26.0', 'vllm/vllm-openai:nightly-0123456789abcdef'],
  ['vllm', '0.26.0', 'registry.company.com/chat:v3.1.0'],
  ['vllm', '0.26.0', `vllm/vllm-openai@sha256:${'0'.repeat(64)}`],
  ['tensorflow-serving', '2.19.1', 'tensorflow/serving:2.19'],
])('takes %s %s in %s', (name, version, image) => {
  expect(paths({ name, version }, image)).toEqual([]);
});
