import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../lib/kube/object';
import { wiring } from '../../lib/report/wiring';
import { wiringMermaid, wiringSvg } from '../../lib/report/wiring-formats';
import { wiringPicture } from '../../lib/report/wiring-picture';
import { sampleObjects } from '../harness/project';

const umbrella = wiring(sampleObjects('prod', 'ml-serving-stack'));
const edgesOf = ({ nodes, edges }: typeof umbrella) => {
  const name = new Map(nodes.map((node) => [node.id, node.name]));
  return edges.map(({ from, to, by }) => `${name.get(from)} → ${name.get(to)}: ${by.join(', ')}`);
};
const pods = (name: string, env: readonly object[], more: object = {}): KubeObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace: 'team' },
  spec: { template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', env }] } }, ...more },
});
const service = (name: string, app: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace: 'team' },
  spec: { selector: { app } },
});

describe('the wiring graph', () => {
  it('of the umbrella stack has every component, and what says that they are connected', () => {
    expect(umbrella.nodes.map(({ name, role, about }) => `${name} (${role}): ${about}`)).toEqual([
      'feature-store-proxy (workload): feature-proxy, 2 replicas',
      'fraud-model (workload): model-server, 3–15 replicas',
      'preprocessor (workload): Deployment, 2 replicas',
      'result-queue (workload): Deployment, 2 replicas',
      'pre-upgrade-validate (gate): gate, candidate',
      'redis (workload): StatefulSet, 1 replica',
      'feature-store-svc (external): runs elsewhere',
      'fraud-stack.api.company.com (entry): from outside',
    ]);
    expect(edgesOf(umbrella)).toEqual([
      'feature-store-proxy → redis: REDIS_HOST, network policy',
      'feature-store-proxy → feature-store-svc: UPSTREAM_URL',
      'fraud-model → feature-store-proxy: FEATURE_SERVER_URL, network policy',
      'fraud-model → redis: REDIS_HOST, network policy',
      'preprocessor → fraud-model: NEXT_URL, network policy',
      'result-queue → fraud-model: MODEL_SERVER_URL, network policy',
      'result-queue → redis: REDIS_HOST, network policy',
      'pre-upgrade-validate → fraud-model: LIVE_URL, network policy, validates',
      'fraud-stack.api.company.com → fraud-model: Ingress/team-fraud-stack-fraud-model',
    ]);
    const server = umbrella.nodes.find(({ name }) => name === 'fraud-model');
    expect(server?.opensTo).toEqual(['ingress-nginx', 'monitoring']);
  });

  it('does not depend on the order of the objects', () => {
    const objects = sampleObjects('prod', 'ml-serving-stack');
    expect(wiring([...objects].reverse())).toEqual(umbrella);
  });

  it('goes through Services to the pods behind them, and knows nothing of the password in an address', () => {
    const graph = wiring([
      pods('api', [
        { name: 'CACHE', value: 'redis://user:hunter2@cache.team.svc.cluster.local:6379/0' },
        { name: 'ELSEWHERE', value: 'https://user:hunter2@models.example.com/v1' },
        { name: 'SELF', value: 'http://localhost:8080' },
      ]),
      pods('store', []),
      service('cache', 'store'),
    ]);
    expect(edgesOf(graph)).toEqual(['api → store: CACHE', 'api → models.example.com: ELSEWHERE']);
    expect(JSON.stringify(graph) + wiringSvg(graph) + wiringMermaid(graph)).not.toContain('hunter2');
  });

  it('takes a policy for a connection only where it names one workload', () => {
    const policy = (podSelector: object, from: object): KubeObject => ({
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'team' },
      spec: { podSelector, ingress: [{ from: [{ podSelector: from }] }] },
    });
    const all = [pods('a', []), pods('b', []), pods('c', [])];
    const of = (name: string) => ({ matchLabels: { app: name } });
    expect(edgesOf(wiring([...all, policy(of('a'), of('b'))]))).toEqual(['b → a: network policy']);
    expect(wiring([...all, policy(of('a'), {})]).edges).toEqual([]);
  });

  it('tells apart workloads of the same name in several namespaces', () => {
    const other = { ...pods('a', []), metadata: { name: 'a', namespace: 'other' } };
    expect(wiring([pods('a', []), other]).nodes.map(({ id }) => id)).toEqual(['other/Deployment/a', 'team/Deployment/a']);
  });

  it('is drawn with a box for each node, a line for each connection, and a description', () => {
    const picture = wiringPicture(umbrella, new Map([['Deployment/team-fraud-stack-fraud-model', 'change']])).toString();
    expect(picture.match(/<rect /g)).toHaveLength(8);
    expect(picture.match(/class="wire"/g)).toHaveLength(9);
    expect(picture).toMatch(/role="img" aria-labelledby="wiring-name wiring-about"/);
    expect(picture).toContain('fraud-model calls feature-store-proxy, redis.');
    expect(picture).toMatch(/class="workload changed warn"><title>Deployment\/team-fraud-stack-fraud-model</);
    expect(picture.match(/changed/g)).toHaveLength(1);
  });

  it('draws circles and nothing at all', () => {
    const circle = wiring([
      pods('a', [{ name: 'NEXT_URL', value: 'http://b' }]),
      pods('b', [{ name: 'NEXT_URL', value: 'http://a' }]),
      service('a', 'a'),
      service('b', 'b'),
    ]);
    expect(edgesOf(circle)).toEqual(['a → b: NEXT_URL', 'b → a: NEXT_URL']);
    expect(wiringSvg(circle)).not.toContain('NaN');
    expect(wiringSvg(wiring([]))).not.toMatch(/NaN|Infinity|-\d+"/);
  });

  it('as Mermaid escapes what it quotes', () => {
    const node = { id: 'x', name: '"]<script>', role: 'workload', about: 'x', opensTo: [] } as const;
    expect(wiringMermaid({ nodes: [node], edges: [] })).toBe('flowchart TD\n  n0["&quot;]&lt;script>, x"]\n');
  });
});
