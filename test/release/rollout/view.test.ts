import { expect, it } from 'vitest';
import type { KubeObject } from '../../../lib/kube/object';
import { Tables, withoutManagers } from '../../../lib/release/rollout/view';

const object = (kind: string, name: string, owner?: readonly [kind: string, name: string], labels = {}): KubeObject => ({
  apiVersion: kind === 'Pod' ? 'v1' : 'apps/v1',
  kind,
  metadata: {
    name,
    namespace: 'n',
    uid: name,
    labels,
    ...(owner === undefined ? {} : { ownerReferences: [{ kind: owner[0], name: owner[1], uid: owner[1] }] }),
  },
});
const event = (kind: string, name: string): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Event',
  metadata: { name: `${name}.1`, namespace: 'n' },
  involvedObject: { kind, name, uid: name },
});
const deployment = object('Deployment', 'web');
const replicaSet = object('ReplicaSet', 'web-1', ['Deployment', 'web']);
const pod = object('Pod', 'web-1-a', ['ReplicaSet', 'web-1']);

const tables = () => new Tables(['Deployment', 'ReplicaSet', 'Pod', 'Event']);

it('says of a pod, and of an event about it, that they are news of its ReplicaSet and its Deployment, and of no other', () => {
  const view = tables();
  for (const [watch, items] of [[deployment, object('Deployment', 'other')], [replicaSet], [pod], []].entries())
    view.reset(watch, items);
  expect(view.complete).toBe(true);
  expect([...view.takeNews()]).toContain('Deployment/n/other');
  const affected = ['Deployment/n/web', 'Pod/n/web-1-a', 'ReplicaSet/n/web-1'];
  view.put(2, { ...pod, status: { phase: 'Running' } });
  expect([...view.takeNews()].sort()).toEqual(affected);
  view.put(3, event('Pod', 'web-1-a'));
  expect([...view.takeNews()].filter((place) => !place.startsWith('Event/')).sort()).toEqual(affected);
  expect([...view.takeNews()]).toEqual([]);
  view.drop(2, pod);
  expect([...view.takeNews()].sort()).toEqual(affected);
});

it('tells the Deployment of pods that were seen before their ReplicaSet', () => {
  const view = tables();
  view.put(2, pod);
  view.takeNews();
  view.put(1, replicaSet);
  expect([...view.takeNews()]).toContain('Deployment/n/web');
  expect(view.childrenOf(replicaSet, 'Pod')).toEqual([pod]);
});

it('finds pods of groups by their labels, and forgets what a new listing does not have', () => {
  const view = new Tables(['Pod', 'Event']);
  const member = object('Pod', 'g-0', ['StatefulSet', 'g'], { 'leaderworkerset.sigs.k8s.io/name': 'g' });
  const group = object('LeaderWorkerSet', 'g');
  view.reset(0, [member, pod]);
  view.reset(1, [event('LeaderWorkerSet', 'g')]);
  expect(view.childrenOf(group, 'Pod')).toEqual([member]);
  expect(view.eventsOf(group)).toHaveLength(1);
  view.reset(0, [pod]);
  expect(view.childrenOf(group, 'Pod')).toEqual([]);
  expect(view.find('/Pod/n/g-0')).toBeUndefined();
  expect(view.ofKind('Pod')).toEqual([pod]);
});

it('keeps objects without their managedFields', () => {
  const managedFields = [{ manager: 'kubelet', operation: 'Update' }];
  expect(withoutManagers({ ...pod, metadata: { ...pod.metadata, managedFields } })).toEqual(pod);
});
