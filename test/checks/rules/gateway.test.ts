import { expect, it } from 'vitest';
import { runChecks } from '../../../lib/checks';
import type { KubeObject } from '../../../lib/kube/object';

const API = 'gateway.networking.k8s.io';
const gateway = (name: string, hostname: string): KubeObject => ({
  apiVersion: `${API}/v1`,
  kind: 'Gateway',
  metadata: { name, namespace: 'edge' },
  spec: { gatewayClassName: 'istio', listeners: [{ name: 'http', port: 80, protocol: 'HTTP', hostname }] },
});
const route = (parents: readonly string[], namespace: string | undefined, backendRefs: readonly object[] = []): KubeObject => ({
  apiVersion: `${API}/v1`,
  kind: 'HTTPRoute',
  metadata: { name: 'r', ...(namespace === undefined ? {} : { namespace }) },
  spec: { parentRefs: parents.map((name) => ({ name })), hostnames: ['m.example.com'], rules: [{ backendRefs }] },
});
const found = (...objects: readonly KubeObject[]) =>
  runChecks(objects).flatMap(({ code, severity }) => (code === 'ROUTE_UNATTACHED' ? [severity] : []));

it('a host that one of two Gateways serves is no error', () => {
  const [inside, outside] = [gateway('inside', '*.internal'), gateway('outside', '*.example.com')];
  expect(found(inside, outside, route(['inside'], 'edge'))).toEqual(['error']);
  expect(found(inside, outside, route(['inside', 'outside'], 'edge'))).toEqual(['warning']);
});

it('a grant for any namespace holds for a route that may go into it', () => {
  const service = { apiVersion: 'v1', kind: 'Service', metadata: { name: 's', namespace: 'b' }, spec: { ports: [{ port: 80 }] } };
  const grant = {
    apiVersion: `${API}/v1beta1`,
    kind: 'ReferenceGrant',
    metadata: { name: 'g', namespace: 'b' },
    spec: { from: [{ group: API, kind: 'HTTPRoute', namespace: 'a' }], to: [{ group: '', kind: 'Service' }] },
  };
  const refs = [{ name: 's', namespace: 'b', port: 80 }];
  expect(found(service, grant, route(['others'], undefined, refs))).toEqual([]);
  expect(found(service, grant, route(['others'], 'a', refs))).toEqual([]);
  expect(found(service, grant, route(['others'], 'c', refs))).toEqual(['error']);
});
