import { at, type Fields, fieldsAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { matchesSelector } from '../../kube/selector';
import { type Inventory, itemsAt, type Workload } from './inventory';

// Simple expressions and plain sets: a synth runs this once, so compiling it is what it costs.
const SCHEMES = new Set(
  'http https grpc grpcs redis rediss valkey postgres postgresql mysql amqp amqps mongodb nats kafka tcp ws wss memcached'.split(
    ' ',
  ),
);
const URL_HOST = /([A-Za-z]+):\/\/(?:[^@/\s]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d+))?/g;
/** Settings of logs, and words that switch something: no addresses. */
const NO_HOST = /(?:^|_)LOG(?:GING|S)?_/;
const SWITCH = /^(?:true|false|yes|no|on|off|none|null|auto|any|all|default|enabled|disabled)$/;
const HOST_VARIABLE = /(?:^|_)(?:HOST|HOSTNAME|SERVER|ENDPOINT|ADDR|ADDRESS)$/;

/** An address in a pod's environment. */
export interface Address {
  readonly workload: Workload;
  readonly host: string;
  readonly port?: number;
  readonly path: string;
}

const known = new WeakMap<Inventory, readonly Address[]>();

/** The hosts that the environment and the arguments of all workloads name. */
export function addressesOf(all: Inventory): readonly Address[] {
  const found = known.get(all) ?? lookFor(all);
  known.set(all, found);
  return found;
}

function lookFor(all: Inventory): readonly Address[] {
  return all.workloads.flatMap((workload) =>
    workload.containers.flatMap(({ fields, path }) => [
      ...itemsAt(fields, 'env').flatMap((variable) => {
        const [name, value] = [textAt(variable, 'name') ?? '', textAt(variable, 'value') ?? ''];
        const where = `${path}.env[name=${name}].value`;
        const urls = urlsIn(value, workload, where);
        const plain = /^([a-z][a-z0-9.-]*)(?::(\d+))?$/.exec(value);
        if (urls.length > 0 || plain === null || !HOST_VARIABLE.test(name) || NO_HOST.test(name) || SWITCH.test(value))
          return urls;
        const variables = itemsAt(fields, 'env');
        const beside = variables.find((other) => other.name === name.replace(/(HOST|HOSTNAME|SERVER)$/, 'PORT'));
        const port = Number(plain[2] ?? textAt(beside, 'value'));
        return [{ workload, host: plain[1] ?? '', path: where, ...(Number.isNaN(port) ? {} : { port }) }];
      }),
      ...(['args', 'command'] as const).flatMap((field) => {
        const list = at(fields, field);
        return Array.isArray(list)
          ? list.flatMap((text, index) => urlsIn(String(text), workload, `${path}.${field}[${index}]`))
          : [];
      }),
    ]),
  );
}

function urlsIn(text: string, workload: Workload, path: string): readonly Address[] {
  if (!text.includes('://')) return [];
  const urls = [...text.matchAll(URL_HOST)].filter(([, scheme = '']) => SCHEMES.has(scheme.toLowerCase()));
  return urls.map(([, , host = '', port]) => ({
    workload,
    host: host.toLowerCase().replace(/\.$/, ''),
    path,
    ...(port === undefined ? {} : { port: Number(port) }),
  }));
}

/** The Service that a host means, by name and namespace; nothing for addresses outside the cluster. */
export function serviceOf({ host, workload }: Address): { readonly name: string; readonly namespace: string } | undefined {
  if (host === 'localhost' || /^[\d.]+$/.test(host)) return undefined;
  const labels = host.split('.');
  const inCluster = host.endsWith('.cluster.local') ? labels.slice(0, -2) : labels;
  const [name = '', namespace = workload.namespace, svc] =
    inCluster.at(-1) === 'svc' && inCluster.length === 4 ? inCluster.slice(1) : inCluster;
  // Two labels may be a namespace or a domain such as example.com: only a Service that is there tells.
  if (inCluster.length > 2 && svc !== 'svc') return undefined;
  return { name, namespace };
}

/** Whether all policies of a pod's namespace together let a connection through, on one side. */
export function allows(
  all: Inventory,
  side: 'ingress' | 'egress',
  self: Workload,
  peer: Workload,
  ports: readonly (number | string)[],
): boolean {
  const type = side === 'ingress' ? 'Ingress' : 'Egress';
  const here = all.selecting('NetworkPolicy', self).filter((policy) => isolates(policy, type));
  return (
    here.length === 0 || here.some((policy) => itemsAt(policy, 'spec', side).some((one) => admits(one, side, self, peer, ports)))
  );
}

function isolates(policy: KubeObject, type: 'Ingress' | 'Egress'): boolean {
  const types = at(policy, 'spec', 'policyTypes');
  return Array.isArray(types) && types.length > 0
    ? types.includes(type)
    : type === 'Ingress' || at(policy, 'spec', 'egress') !== undefined;
}

function admits(
  one: Fields,
  side: 'ingress' | 'egress',
  self: Workload,
  peer: Workload,
  ports: readonly (number | string)[],
): boolean {
  const allowedPorts = itemsAt(one, 'ports');
  const portFits =
    allowedPorts.length === 0 ||
    allowedPorts.some(({ port, endPort }) => {
      if (port === undefined) return true;
      if (typeof endPort === 'number') return ports.some((given) => Number(given) >= Number(port) && Number(given) <= endPort);
      return ports.some((given) => String(given) === String(port));
    });
  const peers = itemsAt(one, side === 'ingress' ? 'from' : 'to');
  return portFits && (peers.length === 0 || peers.some((other) => isPeer(other, self, peer)));
}

function isPeer(other: Fields, self: Workload, peer: Workload): boolean {
  if (other.ipBlock !== undefined) return true;
  const namespace = fieldsAt(other, 'namespaceSelector');
  const named = fieldsAt(namespace, 'matchLabels')['kubernetes.io/metadata.name'];
  const inNamespace =
    other.namespaceSelector === undefined ? peer.namespace === self.namespace : named === undefined || named === peer.namespace;
  return inNamespace && (other.podSelector === undefined || matchesSelector(peer.labels, other.podSelector));
}
