import { spawn } from 'node:child_process';
import { fieldsAt, listAt, numberAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import type { RealCluster } from './real-node';

/** A TCP connection that was really made, as NetworkPolicies see it: from pod to pod, after the Service's address was replaced. */
export interface MadeConnection {
  readonly from: string;
  readonly to: string;
  readonly port: number;
}

/** Writes down every state of every pod, and every connection between them, until it is stopped. */
export interface Observer {
  /** The last state of each pod that ever was, by uid. */
  readonly pods: ReadonlyMap<string, KubeObject>;
  /** Distinct connections, by addresses. */
  connections(): Promise<readonly MadeConnection[]>;
  stop(): void;
}

/** The kernel keeps a connection for at least ten seconds after its end. */
const LOOK_MS = 4_000;

/** Starts to watch pods with kubectl, and connections in the kernel's connection table on the node. */
export function observe(cluster: RealCluster): Observer {
  const pods = new Map<string, KubeObject>();
  const made = new Map<string, MadeConnection>();
  const watching = spawn(cluster.kubectlPath, ['--kubeconfig', cluster.kubeconfig, 'get', 'pods', '-A', '-w', '-o', 'json']);
  let text = '';
  watching.stdout.setEncoding('utf8').on('data', (part: string) => {
    text += part;
    // One indented object after the other.
    for (let end = text.indexOf('\n}\n'); end !== -1; end = text.indexOf('\n}\n')) {
      const pod = JSON.parse(text.slice(0, end + 2)) as KubeObject;
      pods.set(pod.metadata.uid ?? '', pod);
      text = text.slice(end + 3);
    }
  });
  const look = async () => {
    for (const one of connectionsIn(await cluster.onNode('cat', '/proc/net/nf_conntrack'))) made.set(JSON.stringify(one), one);
  };
  const timer = setInterval(() => look().catch(() => undefined), LOOK_MS);
  return {
    pods,
    connections: async () => {
      await look();
      return [...made.values()];
    },
    stop: () => {
      clearInterval(timer);
      watching.kill();
    },
  };
}

/** TCP connections that were answered: who called, and who answered where. */
export function connectionsIn(table: string): readonly MadeConnection[] {
  return table.split('\n').flatMap((line) => {
    const protocol = /^\S+\s+\d+\s+(\w+)/.exec(line)?.[1];
    if (protocol !== 'tcp' || line.includes('[UNREPLIED]')) return [];
    const all = (field: string) => [...line.matchAll(new RegExp(`\\b${field}=(\\S+)`, 'g'))].map((match) => match[1] ?? '');
    const [from = '', to = ''] = all('src');
    return [{ from, to, port: Number(all('sport')[1]) }];
  });
}

/** How often the containers of a pod were started again. */
export function restartsOf(pod: KubeObject): number {
  return listAt(pod, 'status', 'containerStatuses').reduce<number>(
    (sum, status) => sum + (numberAt(status, 'restartCount') ?? 0),
    0,
  );
}

/** What a pod's first container left behind when it ended. */
export function endOf(pod: KubeObject): { readonly exitCode?: number; readonly message?: string } {
  const ended = fieldsAt(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'terminated');
  const [exitCode, message] = [numberAt(ended, 'exitCode'), textAt(ended, 'message')];
  return { ...(exitCode === undefined ? {} : { exitCode }), ...(message === undefined ? {} : { message }) };
}
