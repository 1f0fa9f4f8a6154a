import { spawn } from 'node:child_process';
import type { GateReport } from '../../lib/kube/contract';
import { listAt, numberAt, textAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { type Edge, roleOf } from '../harness/connections';
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
  /** Looks at the kernel's table now, so that nothing depends on when it was last looked at. */
  look(): Promise<void>;
  /** Distinct connections, by addresses. */
  connections(): Promise<readonly MadeConnection[]>;
  stop(): void;
}

/** The kernel keeps a connection for at least ten seconds after its end. */
const LOOK_MS = 1_000;

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
    look,
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

/** What the validators have written to their termination logs, in the order of their pods. */
export function reportsOf({ pods }: Observer): readonly GateReport[] {
  const ended = [...pods.values()]
    .filter(({ metadata }) => metadata.labels?.['app.kubernetes.io/component'] === 'gate')
    .sort((a, b) => (created(a) < created(b) ? -1 : 1));
  return ended.flatMap((pod) => {
    const text = textAt(listAt(pod, 'status', 'containerStatuses')[0], 'state', 'terminated', 'message');
    return text === undefined ? [] : [JSON.parse(text) as GateReport];
  });
}

const created = (pod: KubeObject): string => textAt(pod, 'metadata', 'creationTimestamp') ?? '';

/**
 * The connections that were made, by roles. Left out: probes, which come from the node and which no policy is asked about, the test's
 * own, which come from this machine, and DNS, which runs on the node.
 */
export async function edgesMade(observer: Observer, nodeAddress: string, release: string): Promise<readonly Edge[]> {
  const roles = new Map([...observer.pods.values()].map((pod) => [textAt(pod, 'status', 'podIP') ?? '', whoIs(pod, release)]));
  const machine = nodeAddress.replace(/\.2$/, '.1');
  const edges = (await observer.connections()).flatMap(({ from, to, port }) => {
    const [caller, callee] = [roles.get(from), to === machine ? 'object-store' : roles.get(to)];
    return caller === undefined || callee === undefined ? [] : [`${caller} > ${callee}:${port}`];
  });
  return [...new Set(edges)].sort();
}

/** A pod's role; none of a pod of another stack. */
function whoIs({ metadata }: KubeObject, release: string): string | undefined {
  const { labels = {}, namespace = '' } = metadata;
  const role = roleOf(labels, release);
  if (role !== undefined) return labels['app.kubernetes.io/part-of'] === release ? role : undefined;
  if (labels.app === 'feature-store') return labels.app;
  return namespace === 'ingress-nginx' || namespace === 'monitoring' ? namespace : 'namespace';
}
