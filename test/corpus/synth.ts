import type { ProblemCode } from '../../lib/errors/codes';
import type { AnyEnvironment } from '../../lib/project/environment';

/** A config that must fail the synth: `--set` arguments on a sample stack, or a whole environment in plain JavaScript. */
export interface WrongConfig {
  readonly code: ProblemCode;
  readonly stack: string;
  readonly environment?: string;
  readonly set?: readonly string[];
  /** The stack's part of an environment that no type has seen. */
  readonly values?: unknown;
  readonly tier?: AnyEnvironment['tier'];
}

const fraud = (code: ProblemCode, ...set: readonly string[]): WrongConfig => ({ code, stack: 'fraud-model', set });
const umbrella = (code: ProblemCode, ...set: readonly string[]): WrongConfig => ({ code, stack: 'ml-serving-stack', set });
const prod = (code: ProblemCode, ...set: readonly string[]): WrongConfig => ({
  code,
  stack: 'fraud-model',
  environment: 'prod',
  set,
});
const untyped = (code: ProblemCode, values: object, tier: AnyEnvironment['tier'] = 'dev'): WrongConfig => ({
  code,
  stack: 'fraud-model',
  values: { namespace: 'x', ...values },
  tier,
});

export const WRONG_CONFIGS: Readonly<Record<string, WrongConfig>> = {
  'a misspelt path on the command line': fraud('UNKNOWN_PATH', 'model.verison=v3.0.0'),
  'a path behind a value': fraud('UNKNOWN_PATH', 'model.version.tag=v3'),
  'no assignment at all': fraud('USAGE', 'model.version'),
  'the tag latest': fraud('INVALID_VALUE', 'model.version=latest'),
  'an empty tag': fraud('INVALID_VALUE', 'model.version='),
  'a batch of nothing': fraud('INVALID_VALUE', 'model.batchSize=0'),
  'a batch in words': fraud('INVALID_VALUE', 'model.batchSize=many'),
  'a threshold of 75': fraud('INVALID_VALUE', 'model.decisionThreshold=75'),
  'an AUC of 92 (D24)': fraud('INVALID_VALUE', 'gate.thresholds.auc.min=92'),
  'a latency of nothing': fraud('INVALID_VALUE', 'gate.thresholds.latencyP99Ms.max=0'),
  'half a pod': fraud('INVALID_VALUE', 'server.scaling.replicas=1.5'),
  'fewer than no pods': fraud('INVALID_VALUE', 'server.scaling.replicas=-1'),
  'memory without a unit': fraud('INVALID_VALUE', 'server.resources.limits.memory=4'),
  'CPU in words': fraud('INVALID_VALUE', 'server.resources.requests.cpu=two'),
  'a time without a unit': fraud('INVALID_VALUE', 'server.startupTimeout=300'),
  'a URL without a scheme': fraud('INVALID_VALUE', 'features.url=feature-server'),
  'a host with a scheme': fraud('INVALID_VALUE', 'ingress.host=https://model.example.com'),
  'a namespace with capitals': fraud('INVALID_VALUE', 'namespace=Team-Fraud'),
  'a registry with a scheme': fraud('INVALID_VALUE', 'imageRegistry=https://registry.example.com'),
  'a port beyond all ports': fraud('INVALID_VALUE', 'redis.host=redis', 'redis.port=70000'),
  'spreading of no kind': fraud('INVALID_VALUE', 'server.placement.spread=hard'),
  'a gate that is off for no reason': fraud('INVALID_VALUE', 'gate.off=no'),
  'an autoscaler below its minimum': fraud(
    'INVALID_VALUE',
    'server.scaling.autoscaling.min=5',
    'server.scaling.autoscaling.max=2',
    'server.scaling.autoscaling.cpu=50',
  ),
  'a metric that nothing serves': fraud(
    'METRIC_NOT_SERVED',
    'server.scaling.autoscaling.min=1',
    'server.scaling.autoscaling.max=2',
    'server.scaling.autoscaling.metric.name=http_requests_in_progress',
    'server.scaling.autoscaling.metric.target=1',
  ),
  'a metric that the server has not': umbrella(
    'NO_METRICS',
    'server.scaling.autoscaling.min=1',
    'server.scaling.autoscaling.max=2',
    'server.scaling.autoscaling.metric.name=queue',
    'server.scaling.autoscaling.metric.target=1',
  ),
  'a gate shorter than a start': fraud('INVALID_VALUE', 'server.startupTimeout=1h'),
  'request above limit': fraud('INVALID_VALUE', 'server.resources.requests.memory=lots'),
  'fifteen pods on fourteen nodes, strictly spread (D7)': prod('ROLLOUT_INFEASIBLE', 'server.scaling.autoscaling.max=20'),
  'a pod larger than every node': prod(
    'ROLLOUT_INFEASIBLE',
    'server.resources.requests.cpu=64',
    'server.resources.limits.cpu=64',
  ),
  'more memory than every node has': prod(
    'ROLLOUT_INFEASIBLE',
    'server.resources.requests.memory=256Gi',
    'server.resources.limits.memory=256Gi',
  ),
  'a start that no rollout waits for': fraud('INVALID_VALUE', 'server.startupTimeout=soon'),
  'a monitor of the Service of a worker that has none': umbrella('DANGLING_MONITOR', 'metrics.mode=service-monitor'),
  'prod without a gate': prod('PROD_REQUIREMENT', 'gate.off=we are in a hurry'),
  'prod with Redis and no password, from JavaScript (D14)': untyped('PROD_REQUIREMENT', { redis: { host: 'redis' } }, 'prod'),
  'a misspelt field': untyped('UNKNOWN_FIELD', { redsi: 'off' }),
  'a misspelt field deep inside': untyped('UNKNOWN_FIELD', { server: { placement: { nodeSelectors: {} } } }),
  'a count and an autoscaler': untyped('INVALID_VALUE', {
    server: { scaling: { replicas: 2, autoscaling: { min: 1, max: 2, cpu: 50 } } },
  }),
  'an ingress without a host': untyped('MISSING_FIELD', { ingress: { tlsSecretName: 'tls' } }),
  'a port as text': untyped('INVALID_VALUE', { redis: { host: 'redis', port: '6379' } }),
  'a threshold as text (E12)': untyped('INVALID_VALUE', { model: { decisionThreshold: '0.75' } }),
  'a password as text (D19)': untyped('INVALID_VALUE', { redis: { host: 'redis', auth: 'hunter2' } }),
  'no namespace': { code: 'MISSING_FIELD', stack: 'fraud-model', values: {}, tier: 'dev' },
  'an environment that is not there': { code: 'UNKNOWN_ENVIRONMENT', stack: 'fraud-model', environment: 'prdo' },
  'a stack that is not there': { code: 'UNKNOWN_STACK', stack: 'fraud' },
};

/** Changes of a right config that must render without a word. */
export const RIGHT_CONFIGS: Readonly<Record<string, readonly [environment: string, stack: string, ...set: readonly string[]]>> = {
  'no pods at all': ['dev', 'fraud-model', 'server.scaling.replicas=0'],
  'two stacks of one environment': ['staging', 'ml-serving-stack'],
  'a digest as the sidecar of a tag': [
    'dev',
    'ml-serving-stack',
    'featureProxy.image=proxy@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef',
  ],
  'a start of an hour, and a gate that may take longer': ['dev', 'fraud-model', 'server.startupTimeout=1h', 'gate.timeout=2h'],
  'old names': ['prod', 'ml-serving-stack', 'naming=helm-compat'],
  'a mirror for all images': ['prod', 'ml-serving-stack', 'imageRegistry=mirror.example:5000/x'],
  'no Redis': ['dev', 'ml-serving-stack', 'redis=off'],
  'an external Redis of another namespace': ['dev', 'fraud-model', 'redis.host=redis.cache.svc', 'redis.port=6380'],
  'features of another namespace': ['staging', 'fraud-model', 'features.url=http://features.platform.svc.cluster.local:8081'],
  'features outside the cluster': ['prod', 'fraud-model', 'features.url=https://features.example.com/v1'],
  'exactly as many nodes as strict spreading needs': ['prod', 'fraud-model', 'server.scaling.autoscaling.max=19'],
  'monitors instead of annotations': ['prod', 'ml-serving-stack', 'metrics.mode=pod-monitor'],
  'a metrics adapter': [
    'staging',
    'ml-serving-stack',
    'server.scaling.autoscaling.min=2',
    'server.scaling.autoscaling.max=4',
    'server.scaling.autoscaling.metric.name=http_requests_in_progress',
    'server.scaling.autoscaling.metric.target=4',
  ],
  'a gate switched off with a reason': ['dev', 'fraud-model', 'gate.off=nobody has labelled data yet'],
  'a model on a claim': ['dev', 'my-model', 'model.source=claim', 'model.claim=models'],
};
