import { setTimeout as sleep } from 'node:timers/promises';
import { fieldsAt, isFields, listAt, textAt } from '../../../lib/kube/fields';
import type { TestCluster } from '../../harness/cluster';

/** Plays the cloud that gives Services of type LoadBalancer an address, until it is stopped. */
export function loadBalancers(cluster: TestCluster): { readonly stop: () => Promise<void> } {
  let running = true;
  const loop = async () => {
    while (running) {
      const { items } = JSON.parse(await cluster.kubectl('get', 'services', '-A', '-o', 'json')) as { items: readonly unknown[] };
      const waiting = items
        .filter((item) => isFields(item))
        .filter((item) => textAt(item, 'spec', 'type') === 'LoadBalancer')
        .filter((item) => listAt(item, 'status', 'loadBalancer', 'ingress').length === 0);
      for (const item of waiting) {
        const { name, namespace } = fieldsAt(item, 'metadata') as { readonly name: string; readonly namespace: string };
        const status = JSON.stringify({ status: { loadBalancer: { ingress: [{ ip: '203.0.113.1' }] } } });
        const patch = ['patch', 'service', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', status];
        await cluster.kubectl(...patch).catch(() => undefined);
      }
      await sleep(500);
    }
  };
  const ended = loop().catch(() => undefined);
  return {
    async stop() {
      running = false;
      await ended;
    },
  };
}
