import { describe, expect, it } from 'vitest';
import { fieldsAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { matchesSelector } from '../../lib/kube/selector';
import { type Gate, splitGates } from '../../lib/manifests/gates';
import { candidateFor } from '../../lib/release/gate/candidate';
import type { Plan } from '../../lib/release/model/plan';
import { allowedEdges, NEEDED, namespacesNamed, podsOf } from './connections';
import { type End, isAllowed } from './network-policy';
import { sampleObjects } from './project';

const policy = (spec: Record<string, unknown>, namespace = 'a'): KubeObject => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name: 'p', namespace },
  spec,
});
const server: End = { namespace: 'a', labels: { app: 'server' }, ports: { http: 8080 } };
const client: End = { namespace: 'a', labels: { app: 'client' } };
const elsewhere: End = { namespace: 'b', labels: { app: 'client' } };
const outside: End = { ip: '192.168.7.9' };
const namespaces = namespacesNamed('a', 'b');
const may = (policies: readonly KubeObject[], from: End, to: End, port = 8080, protocol?: string) =>
  isAllowed({ policies, namespaces }, from, to, port, protocol);
const onServer = (ingress: readonly unknown[]) => [policy({ podSelector: { matchLabels: { app: 'server' } }, ingress })];

describe('NetworkPolicies as the API defines them', () => {
  it.each<[string, readonly KubeObject[], End, End, boolean]>([
    ['no policy: everything', [], client, server, true],
    ['a policy that selects nobody', [policy({ podSelector: { matchLabels: { app: 'x' } } })], client, server, true],
    ['a policy of another namespace', [policy({ podSelector: {} }, 'b')], client, server, true],
    ['no rule: nobody', onServer([]), client, server, false],
    ['one empty rule: everybody', onServer([{}]), elsewhere, server, true],
    ['an empty list of peers: everybody', onServer([{ from: [] }]), outside, server, true],
    [
      'pods of the same namespace',
      onServer([{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }]),
      client,
      server,
      true,
    ],
    [
      'the same pods elsewhere',
      onServer([{ from: [{ podSelector: { matchLabels: { app: 'client' } } }] }]),
      elsewhere,
      server,
      false,
    ],
    ['all namespaces', onServer([{ from: [{ namespaceSelector: {} }] }]), elsewhere, server, true],
    ['all namespaces are all pods, not all addresses', onServer([{ from: [{ namespaceSelector: {} }] }]), outside, server, false],
    [
      'both selectors in one peer: both have to fit',
      onServer([{ from: [{ namespaceSelector: {}, podSelector: { matchLabels: { app: 'x' } } }] }]),
      elsewhere,
      server,
      false,
    ],
    ['an address', onServer([{ from: [{ ipBlock: { cidr: '192.168.0.0/16' } }] }]), outside, server, true],
    [
      'an exception',
      onServer([{ from: [{ ipBlock: { cidr: '192.168.0.0/16', except: ['192.168.7.0/24'] } }] }]),
      outside,
      server,
      false,
    ],
    ['another port', onServer([{ ports: [{ port: 9090 }] }]), client, server, false],
    ['a named port', onServer([{ ports: [{ port: 'http' }] }]), client, server, true],
    ['a range of ports', onServer([{ ports: [{ port: 8000, endPort: 8100 }] }]), client, server, true],
    ['another protocol', onServer([{ ports: [{ port: 8080, protocol: 'UDP' }] }]), client, server, false],
    ['policies add up', [...onServer([]), ...onServer([{}])], client, server, true],
    ['egress without a rule', [policy({ podSelector: {}, policyTypes: ['Egress'] })], client, server, false],
    [
      'egress rules without policyTypes',
      [policy({ podSelector: { matchLabels: { app: 'client' } }, egress: [], ingress: [{}] })],
      client,
      server,
      false,
    ],
  ])('%s', (_title, policies, from, to, expected) => {
    expect(may(policies, from, to)).toBe(expected);
  });
});

describe('a candidate pod of a rendered stack', () => {
  const all = sampleObjects('dev', 'ml-serving-stack');
  const { objects, gates } = splitGates(all, []);
  const plan: Plan = {
    release: 'team-fraud-stack',
    namespace: 'team-fraud',
    digest: 'd',
    gates,
    problems: [],
    objects: objects.map((manifest) => ({ key: manifest.metadata.name, action: 'change', manifest, changes: [], conflicts: [] })),
  };
  const labels = candidateFor(gates[0] as Gate, plan, 'run').objects.find(({ kind }) => kind === 'Pod')?.metadata.labels ?? {};
  const pods = podsOf(all, 'team-fraud-stack');
  const candidate: End = { namespace: 'team-fraud', labels };
  const network = { policies: all.filter(({ kind }) => kind === 'NetworkPolicy'), namespaces: namespacesNamed('team-fraud') };

  it('may call what its server may call, and is asked by the gate', () => {
    const to = (role: string, port: number) => isAllowed(network, candidate, pods.get(role) as End, port);
    expect([to('redis', 6379), to('feature-store-proxy', 8081), to('preprocessor', 8080)]).toEqual([true, true, false]);
    expect(isAllowed(network, pods.get('fraud-model-pre-upgrade-validate') as End, candidate, 8080)).toBe(true);
  });

  it('gets no traffic: no Service selects it', () => {
    const services = objects.filter(({ kind }) => kind === 'Service');
    expect(services.filter((service) => matchesSelector(labels, { matchLabels: fieldsAt(service, 'spec', 'selector') }))).toEqual(
      [],
    );
    expect(services.length).toBeGreaterThan(3);
  });
});

describe('policies of the rendered stacks', () => {
  it.each(['dev', 'staging', 'prod'])(
    'let through in %s what the stack needs, and no other pair of pods and port',
    (environment) => {
      const withIngress = environment === 'dev' ? ['ingress.host=fraud.example.com'] : [];
      const objects = sampleObjects(environment, 'ml-serving-stack', withIngress);
      expect(allowedEdges(objects, 'team-fraud-stack')).toEqual(NEEDED);
    },
  );
});
