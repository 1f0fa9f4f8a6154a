import type { ExpectedDifference } from 'cdk8s-serving';

const POD = 'spec.template.spec';
const follows = 'staging runs a candidate before prod does';
const password = 'only the Redis of prod has a password';

/** Differences between the environments that are meant, with their reasons. `serving parity` fails on every other one. */
export const expectedDifferences: readonly ExpectedDifference[] = [
  { path: 'metadata.namespace', reason: 'each environment has its own namespace' },
  { path: 'metadata.labels["app.kubernetes.io/version"]', reason: follows },
  { path: 'metadata.annotations["cdk8s-serving/model-version"]', reason: follows },
  { path: `${POD}.containers[*].image`, reason: follows },
  { path: `${POD}.containers[*].env[name=MODEL_PATH]`, reason: 'the path follows the model version' },
  { component: 'gate', path: `${POD}.containers[*].volumeMounts`, reason: 'the path follows the model version' },
  { component: 'gate', path: `${POD}.initContainers[*]`, reason: "the model comes from the server's image" },
  { kind: 'ConfigMap', path: 'data.MODEL_PATH', reason: 'the same settings as the environment variables' },
  { kind: 'ConfigMap', path: 'data.REDIS_PASSWORD_FILE', reason: password },
  { path: `${POD}.containers[*].env[name=REDIS_PASSWORD_FILE]`, reason: password },
  { path: `${POD}.containers[*].volumeMounts[name=redis-password]`, reason: password },
  { path: `${POD}.volumes[name=redis-password]`, reason: password },
  { kind: 'Deployment', path: 'spec.replicas', reason: 'load differs; in prod the autoscaler sets the replicas' },
  { kind: 'HorizontalPodAutoscaler', reason: 'only prod has the load to scale on' },
  { kind: 'PodDisruptionBudget', reason: 'a single pod needs no budget' },
  { kind: 'Ingress', reason: 'dev is only reached from inside the cluster' },
  { kind: 'Ingress', path: 'spec', reason: 'each environment has its own host and certificate' },
  { kind: 'NetworkPolicy', path: 'spec.ingress', reason: 'only what has an Ingress is reached from outside' },
];
