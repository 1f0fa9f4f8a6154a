import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { mistakesIn } from '../../lib/api-schema/mistakes';
import { loadSchema } from '../../lib/api-schema/schema';
import type { KubeObject } from '../../lib/kube/object';
import { ROOT } from '../harness/project';

/** Objects that the API server accepts; the cluster suite holds their mutants against it. */
const SEEDS = parseAllDocuments(readFileSync(join(ROOT, 'test/cluster/mutant-seeds.yaml'), 'utf8')).map(
  (document) => document.toJS() as KubeObject,
);
const seed = (name: string) => {
  const [kind, called] = name.split('/');
  const found = SEEDS.find((object) => object.kind === kind && object.metadata.name === called);
  if (found === undefined) throw new Error(`no ${name}`);
  return structuredClone(found);
};

function mistakesOf(object: KubeObject) {
  const type = loadSchema().checked.get(`${object.apiVersion} ${object.kind}`)?.type;
  if (type === undefined) throw new Error(`no ${object.kind}`);
  return mistakesIn(object, type, 35);
}

describe('what the API server takes', () => {
  it('is known of every seed', () => {
    expect(SEEDS.length).toBeGreaterThan(30);
    for (const object of SEEDS) expect([object.kind, mistakesOf(object)]).toEqual([object.kind, []]);
  });

  const POD = 'spec.template.spec';
  it.each([
    [
      'Deployment/full',
      `${POD}.affinity.podAffinity.requiredDuringSchedulingIgnoredDuringExecution.0.topologyKey`,
      'a b',
      'a label key: prefix/name',
    ],
    ['Deployment/full', `${POD}.tolerations.1.effect`, 'NoSchedule', 'NoExecute with tolerationSeconds'],
    [
      'Deployment/full',
      `${POD}.containers.0.env.3.valueFrom.fieldRef.fieldPath`,
      'status.ip',
      'a field of the pod, such as status.podIP',
    ],
    ['Deployment/full', `${POD}.containers.0.volumeDevices.0.name`, 'models2', 'a volume of a claim'],
    ['Deployment/full', `${POD}.volumes.2.configMap.defaultMode`, 0o1000, '0 to 511'],
    ['Deployment/full', `${POD}.containers.0.ports.1.hostPort`, 65_536, '1 to 65535'],
    ['Deployment/full', `${POD}.imagePullSecrets.1`, { name: 'registry' }, 'each name once'],
    ['Deployment/full', 'spec.replicas', 5_000_000_000, 'a whole number of 32 bits'],
    ['CronJob/nightly', 'spec.schedule', '0 25 * * *', 'a schedule of five fields such as "0 3 * * *"'],
    ['CronJob/nightly', 'spec.timeZone', 'Berlin', 'a time zone such as Europe/Berlin'],
    ['Job/once', 'spec.podFailurePolicy.rules.0.onExitCodes.values', [20, 10], 'different codes in ascending order'],
    ['Ingress/web', 'spec.rules.0.http.paths.0.backend.service.port', { name: 'http', number: 80 }, 'a name or a number'],
    ['Ingress/web', 'spec.rules.0.host', 'web_1.example.com', 'a host name, or *.domain'],
    ['Ingress/web', 'spec.rules.0.host', '10.0.0.1', 'a host name, not an IP address'],
    ['NetworkPolicy/web', 'spec.egress.0.to.0.ipBlock.cidr', '10.0.0.0/33', 'a CIDR block such as 10.0.0.0/8'],
    ['NetworkPolicy/web', 'spec.ingress.0.from.0', {}, 'podSelector, namespaceSelector or ipBlock'],
    ['HorizontalPodAutoscaler/web', 'spec.metrics.0.resource.target', { type: 'Utilization' }, 'a value'],
    ['HorizontalPodAutoscaler/web', 'spec.behavior.scaleUp.policies.0.periodSeconds', 1801, '1 to 1800'],
    ['Service/outside', 'spec.ports', [{ port: 80, nodePort: 30_080 }], undefined],
    ['Service/headless', 'spec.ports.0.nodePort', 30_080, 'a Service of type NodePort or LoadBalancer'],
    ['RoleBinding/reader', 'subjects.0.kind', 'Account', 'one of ServiceAccount, User, Group'],
    ['Role/reader', 'rules.0.resources', [], 'at least one'],
    ['LimitRange/limits', 'spec.limits.0.default.cpu', '8', 'at least default'],
    ['Secret/registry', 'stringData', { '.dockerconfigjson': 'text' }, 'JSON'],
    [
      'PersistentVolumeClaim/models',
      'spec.accessModes',
      ['ReadWriteSome'],
      'one of ReadOnlyMany, ReadWriteMany, ReadWriteOnce, ReadWriteOncePod',
    ],
    [
      'Namespace/another',
      'metadata.labels',
      { 'pod-security.kubernetes.io/enforce': 'strict' },
      'privileged, baseline, restricted',
    ],
    ['RuntimeClass/nvidia', 'handler', 'Nvidia', 'a DNS label: at most 63 of a-z, 0-9 and -'],
  ])('%s %s: %j', (name, path, value, expected) => {
    const object = seed(name);
    const keys = path.split('.');
    const last = keys.pop() ?? '';
    const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], object) as Record<string, unknown>;
    parent[last] = value;
    expect(mistakesOf(object).map((mistake) => mistake.expected)).toEqual(expected === undefined ? [] : [expected]);
  });
});
