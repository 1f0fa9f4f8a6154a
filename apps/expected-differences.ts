import type { ExpectedDifference } from '../lib';

const PODS = 'spec.template.spec';

/** Intended differences between the environments, with reasons. `serving parity` fails on every other difference. */
export const expectedDifferences: readonly ExpectedDifference[] = [
  { path: 'metadata.namespace', reason: 'each environment has a namespace of its own' },
  { path: 'metadata.labels["app.kubernetes.io/version"]', reason: 'the label follows the model version' },
  { path: 'metadata.annotations["cdk8s-serving/model-version"]', reason: 'a candidate is in staging before it is in prod' },
  { kind: 'PodDisruptionBudget', reason: 'a single pod needs no budget' },
  { kind: 'Deployment', path: 'spec.replicas', reason: 'load differs; in prod the autoscaler owns the count' },
  { component: 'model-server', kind: 'HorizontalPodAutoscaler', reason: 'only prod has the load to scale on' },
  { component: 'model-server', kind: 'Ingress', reason: 'dev is reached from inside the cluster' },
  { component: 'model-server', kind: 'Ingress', path: 'spec.rules[0].host', reason: 'each environment has a host of its own' },
  { component: 'model-server', kind: 'Ingress', path: 'spec.tls', reason: 'each host has a certificate of its own' },
  {
    component: 'model-server',
    kind: 'Deployment',
    path: `${PODS}.containers[*].image`,
    reason: 'a candidate is in staging before it is in prod',
  },
  { component: 'model-server', kind: 'Deployment', path: `${PODS}.containers[*].resources`, reason: 'load differs' },
  { component: 'model-server', kind: 'Deployment', path: `${PODS}.affinity`, reason: 'only prod has a node for each pod' },
  {
    component: 'model-server',
    kind: 'Deployment',
    path: `${PODS}.containers[*].env[name=MODEL_PATH]`,
    reason: 'the path follows the model version',
  },
  {
    component: 'model-server',
    kind: 'Deployment',
    path: `${PODS}.containers[*].env[name=DECISION_THRESHOLD]`,
    reason: 'staging catches more edge cases',
  },
  { component: 'model-server', kind: 'ConfigMap', path: 'data', reason: 'the same settings as the environment variables' },
  { component: 'model-server', kind: 'NetworkPolicy', path: 'spec', reason: 'the connections that exist' },
  {
    component: 'gate',
    kind: 'Job',
    path: `${PODS}.containers[*].env[name=MODEL_PATH]`,
    reason: 'the path follows the model version',
  },
  { component: 'gate', kind: 'Job', path: `${PODS}.containers[*].volumeMounts`, reason: 'the path follows the model version' },
  {
    component: 'gate',
    kind: 'Job',
    path: `${PODS}.initContainers[name=copy-model]`,
    reason: "the model comes from the server's image",
  },
  { kind: 'Deployment', path: `${PODS}.containers[*].env[name=REDIS_*]`, reason: 'dev has no password, or no Redis at all' },
  { kind: 'Deployment', path: `${PODS}.containers[*].volumeMounts[name=redis-password]`, reason: 'only prod has a password' },
  { kind: 'Deployment', path: `${PODS}.volumes[name=redis-password]`, reason: 'only prod has a password' },
  { component: 'redis', kind: 'StatefulSet', path: 'spec.volumeClaimTemplates', reason: 'only prod keeps what is in Redis' },
  { component: 'redis', kind: 'StatefulSet', path: PODS, reason: 'only prod has a password and a volume' },
  { component: 'redis', kind: 'ConfigMap', path: 'data', reason: 'only prod keeps what is in Redis' },
  { component: 'model-server', kind: 'ScaledObject', reason: 'only prod has the load to scale on' },
  { component: 'route', path: 'spec.hostnames', reason: 'each environment has a host of its own' },
  { component: 'route', path: 'spec.parentRefs', reason: 'prod is behind the public gateway' },
  {
    component: 'router',
    kind: 'Deployment',
    path: `${PODS}.containers[*].args`,
    reason: 'it looks for servers in its own namespace',
  },
  { component: 'router', kind: 'RoleBinding', path: 'subjects', reason: 'each environment has a namespace of its own' },
];
