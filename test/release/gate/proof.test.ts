import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { unproved } from '../../../lib/release/gate/proof';

const container = {
  name: 'validator',
  image: `registry.test/validator@sha256:${'a'.repeat(64)}`,
  command: ['validate'],
  args: ['--all'],
  env: [{ name: 'GATE_NONCE', value: 'n' }],
  terminationMessagePath: '/dev/termination-log',
};
const spec = { containers: [container], restartPolicy: 'Never', serviceAccountName: 'gate', dnsPolicy: 'ClusterFirst' };
const job: KubeObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'validate', namespace: 'n', uid: 'j' },
  spec: { template: { metadata: { annotations: { a: 'b' } }, spec } },
};
/** What admission adds to every pod. */
const admitted = (token: string) => ({
  ...spec,
  containers: [{ ...container, volumeMounts: [{ name: token, mountPath: '/var/run/secrets/kubernetes.io/serviceaccount' }] }],
  volumes: [{ name: token, projected: {} }],
  tolerations: [{ key: 'node.kubernetes.io/not-ready' }],
  priority: 0,
  preemptionPolicy: 'PreemptLowerPriority',
  enableServiceLinks: true,
});
const podWith = (change: object = {}, about: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'validate-x', namespace: 'n', uid: 'p', annotations: { a: 'b', 'network/ip': '10.0.0.1' } },
  spec: { ...admitted('kube-api-access-abcde'), nodeName: 'node-1', ...change },
  status: { containerStatuses: [{ name: 'validator', restartCount: 0 }] },
  ...about,
});
const expected = admitted('kube-api-access-12345');
const changed = (fields: object) => ({ containers: [{ ...admitted('kube-api-access-abcde').containers[0], ...fields }] });

it.each([
  ['as the API server would make it', expected],
  ['as the template says, for users who cannot ask', undefined],
])('believes one pod %s', (_title, measure) => {
  expect(unproved(job, [podWith()], measure)).toBeUndefined();
});

it.each([
  ['another image', podWith(changed({ image: 'evil' })), 'containers[0].image'],
  ['another command', podWith(changed({ command: ['sh'] })), 'containers[0].command[0]'],
  ['more arguments', podWith(changed({ args: ['--all', '--lie'] })), 'containers[0].args'],
  ['another environment', podWith(changed({ env: [] })), 'containers[0].env'],
  ['a hook', podWith(changed({ lifecycle: { postStart: {} } })), 'containers[0].lifecycle'],
  ['another termination log', podWith(changed({ terminationMessagePath: '/x' })), 'terminationMessagePath'],
  ['a second container', podWith({ containers: [...expected.containers, container] }), 'containers'],
  ['a container before it', podWith({ initContainers: [container] }), 'initContainers'],
  ['an ephemeral container', podWith({ ephemeralContainers: [{ name: 'debug' }] }), 'ephemeralContainers'],
  ['another account', podWith({ serviceAccountName: 'admin' }), 'serviceAccountName'],
  ['a volume of the node', podWith({ volumes: [...expected.volumes, { name: 'x', hostPath: {} }] }), 'volumes'],
  ['the network of the node', podWith({ hostNetwork: true }), 'hostNetwork'],
  ['another annotation', podWith({}, { metadata: { name: 'x', annotations: { a: 'c' } } }), "annotations['a']"],
  [
    'an image that has run under another digest',
    podWith(
      {},
      { status: { containerStatuses: [{ name: 'validator', imageID: `registry.test/validator@sha256:${'b'.repeat(64)}` }] } },
    ),
    'imageID',
  ],
  ['a restart', podWith({}, { status: { containerStatuses: [{ name: 'validator', restartCount: 1 }] } }), 'started again'],
])('does not believe a pod with %s', (_title, pod, reason) => {
  expect(unproved(job, [pod], expected)).toContain(reason);
  expect(unproved(job, [pod], undefined)).toContain(reason);
});

it('believes none of two pods, and not one that nobody has seen', () => {
  expect(unproved(job, [podWith(), podWith()], expected)).toBe('2 pods have run for it');
  expect(unproved(job, [], expected)).toBe('its pod was not seen');
});
