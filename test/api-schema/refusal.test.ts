import { expect, it } from 'vitest';
import { portNameFaults } from '../../lib/kube/grammar';
import { createSandbox } from '../../lib/sandbox/sandbox';
import { apply } from '../sandbox/ask';

const DEPLOYMENTS = '/apis/apps/v1/namespaces/default/deployments/d';
const labels = { app: 'd' };
const deployment = (pod: object, container: object = {}) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'd', namespace: 'default' },
  spec: {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec: { containers: [{ name: 'c', image: 'a:1', ...container }], ...pod } },
  },
});

it.each<[string, object, object, RegExp]>([
  ['a host name that is none', { hostname: 'Not_A_Host' }, {}, /spec\.template\.spec\.hostname/],
  ['a variable with = in its name', {}, { env: [{ name: 'A=B', value: 'x' }] }, /env\[0\]\.name/],
  ['variables from nowhere', {}, { envFrom: [{}] }, /envFrom\[0\]/],
  ['no name server for its DNS policy', { dnsPolicy: 'None' }, {}, /dnsConfig\.nameservers/],
])('the sandbox refuses %s at creation and at a change, as the offline check does', async (_name, pod, container, path) => {
  const { transport } = createSandbox();
  const refused = await apply(transport, DEPLOYMENTS, deployment(pod, container));
  expect([refused.status, refused.body.reason]).toEqual([422, 'Invalid']);
  expect(refused.text).toMatch(path);
  expect((await apply(transport, DEPLOYMENTS, deployment({}))).status).toBe(201);
  expect((await apply(transport, DEPLOYMENTS, deployment(pod, container))).status).toBe(422);
});

it.each(['http', 'a', '8080-a', 'a'.repeat(15)])('%s is a port name', (name) => {
  expect(portNameFaults(name)).toEqual([]);
});
it.each(['', '8080', 'a--b', '-a', 'HTTP', 'a_b', 'a'.repeat(16)])('%j is no port name', (name) => {
  expect(portNameFaults(name)).not.toEqual([]);
});
