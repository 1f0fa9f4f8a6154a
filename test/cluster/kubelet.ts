import type { KubeObject } from '../../lib/kube/object';
import type { ReleaseCluster } from '../release/harness';

/** What a kubelet reports about a pod that it cannot start: an event, or the state of its container. */
export type Report =
  | { readonly event: string; readonly reason?: string; readonly since?: number }
  | { readonly waiting: string; readonly reason?: string };

/** The first pod whose name begins so, once it is there. */
export async function podOf({ engine: { api } }: ReleaseCluster, namespace: string, start: string): Promise<KubeObject> {
  for (;;) {
    const { items } = await api.list({ apiVersion: 'v1', kind: 'Pod', namespace });
    const found = items.find(({ metadata }) => metadata.name.startsWith(start));
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Reports what a kubelet would, of the first pod whose name begins so. */
export async function asKubelet(cluster: ReleaseCluster, namespace: string, start: string, report: Report): Promise<void> {
  const { name, uid } = (await podOf(cluster, namespace, start)).metadata;
  if ('event' in report) {
    const time = (ms: number) => new Date(ms).toISOString().replace(/\.\d+Z/, 'Z');
    await cluster.engine.api.create({
      apiVersion: 'v1',
      kind: 'Event',
      metadata: { name: `${name}.${Date.now()}`, namespace },
      involvedObject: { apiVersion: 'v1', kind: 'Pod', name, namespace, uid },
      type: 'Warning',
      reason: report.reason ?? 'FailedMount',
      message: report.event,
      source: { component: 'kubelet' },
      firstTimestamp: time(Date.now() - (report.since ?? 0)),
      lastTimestamp: time(Date.now()),
      count: 1,
    } as KubeObject);
    return;
  }
  const state = { waiting: { reason: report.reason ?? 'CreateContainerConfigError', message: report.waiting } };
  const container = { name: 'server', image: 'x', imageID: '', ready: false, restartCount: 0, state };
  const status = JSON.stringify({ status: { containerStatuses: [container] } });
  await cluster.kubectl('patch', 'pod', name, '-n', namespace, '--subresource=status', '--type=merge', '-p', status);
}

/** When the news of a namespace's pods came out, as a watcher of the cluster sees it. */
export function newsOf({ engine: { api } }: ReleaseCluster, namespace: string, says: RegExp, stop: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const follow = async (kind: 'Event' | 'Pod'): Promise<void> => {
      for await (const event of api.watch({ apiVersion: 'v1', kind, namespace }, stop)) {
        const objects = event.type === 'reset' ? event.items : event.type === 'put' ? [event.object] : [];
        if (objects.some((object) => says.test(JSON.stringify(object).replaceAll('\\"', '"')))) resolve(Date.now());
      }
    };
    void follow('Event').catch(() => undefined);
    void follow('Pod').catch(() => undefined);
  });
}
