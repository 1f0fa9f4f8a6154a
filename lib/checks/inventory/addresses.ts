import { fieldsAt, listAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { type Container, type Inventory, namespaceOf, type Workload } from './inventory';
import { environmentOf, flagsIn } from './variables';

/** URL schemes of servers, with their default ports. */
const SCHEMES: Readonly<Record<string, number | undefined>> = {
  ...{ http: 80, https: 443, ws: 80, wss: 443, redis: 6379, rediss: 6379, valkey: 6379, postgres: 5432, postgresql: 5432 },
  ...{ mysql: 3306, amqp: 5672, amqps: 5671, mongodb: 27_017, nats: 4222 },
  ...{ grpc: undefined, grpcs: undefined, kafka: undefined, tcp: undefined, memcached: undefined },
};
// Kept simple, because a synth runs this once: most of its cost is compiling it.
const URL_HOST = /([A-Za-z]+):\/\/(?:[^@/\s]*@)?([A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d+))?([:$%{<*_,]?)/g;
/** Log settings and switches: not addresses. */
const NO_HOST = /(?:^|_)LOG(?:GING|S)?_/;
const SWITCH = /^(?:true|false|yes|no|on|off|none|null|auto|any|all|default|enabled|disabled)$/;
const HOST_VARIABLE = /(?:^|_)(?:HOST|HOSTNAME|SERVER|ENDPOINT|ADDR|ADDRESS)$/;
/** Variables with lists: `KAFKA_BOOTSTRAP_SERVERS`, `REDIS_NODES`. */
const LIST_VARIABLE =
  /(?:^|_)(?:SERVERS?|BROKERS?|BROKER_LIST|HOSTS?|NODES|ENDPOINTS?|ADDR(?:ESS(?:ES)?|S)?|PEERS|SEEDS|BOOTSTRAP)$/;
/** `a:9092,b:9092`; a node's number may be in front, `1@a:9093`. */
const LIST = /^(?:\d+@)?[a-z][a-z0-9.-]*:\d+(?:, ?(?:\d+@)?[a-z][a-z0-9.-]*:\d+)+$/;
/** The host and the port of a connection string: `host=db port=5432`. */
const DSN =
  /(?:^|[\s;])host=([a-z][a-z0-9.-]*)(?=[\s;])(?:[^\n]*?[\s;])?port=(\d+)|(?:^|[\s;])port=(\d+)[\s;](?:[^\n]*?[\s;])?host=([a-z][a-z0-9.-]*)/;

/** An address of a server in text. */
export interface Place {
  readonly host: string;
  /** Port as written. */
  readonly port?: number;
  /** Default port of the scheme. */
  readonly defaultPort?: number;
  /** Object that contains it, a workload or a ConfigMap. */
  readonly object: KubeObject;
  readonly namespace: string;
  readonly path: string;
}

/** An address that a workload's pods call. */
export interface Address extends Place {
  readonly workload: Workload;
}

const known = new WeakMap<Inventory, readonly Address[]>();

/** Hosts in the environment and the arguments of all workloads, including values from ConfigMaps. */
export function addressesOf(all: Inventory): readonly Address[] {
  const found = known.get(all) ?? lookFor(all);
  known.set(all, found);
  return found;
}

function lookFor(all: Inventory): readonly Address[] {
  return all.workloads.flatMap((workload) =>
    workload.containers.flatMap((container) => {
      const { namespace } = workload;
      const { variables } = environmentOf(all, workload, container);
      const inEnv = variables.flatMap(({ name, value = '', object, path }): readonly Place[] => {
        const urls = [...urlsIn(value, { object, namespace, path }), ...hostsIn(name, value, { object, namespace, path })];
        const plain = /^([a-z][a-z0-9.-]*)(?::(\d+))?$/.exec(value);
        // A host and a port that mean a Service of the folder are an address under any name.
        const known = plain?.[2] !== undefined && all.has('Service', namespace, plain[1] ?? '');
        const meant = known || (HOST_VARIABLE.test(name) && !NO_HOST.test(name) && !SWITCH.test(value));
        if (urls.length > 0 || plain === null || !meant) return urls;
        const beside = variables.find((other) => other.name === name.replace(/(HOST|HOSTNAME|SERVER)$/, 'PORT'));
        const port = Number(plain[2] ?? beside?.value);
        return [{ host: plain[1] ?? '', object, namespace, path, ...(Number.isNaN(port) ? {} : { port }) }];
      });
      const inWords = (['args', 'command'] as const).flatMap((field) =>
        listAt(container.fields, field).flatMap((text, index) =>
          urlsIn(String(text), { object: workload.object, namespace, path: `${container.path}.${field}[${index}]` }),
        ),
      );
      return [...inEnv, ...inWords, ...inFlags(workload.object, namespace, container)].map(
        (place): Address => ({ ...place, workload }),
      );
    }),
  );
}

/** Hosts in a list, or in a connection string. */
function hostsIn(name: string, value: string, where: Pick<Place, 'object' | 'namespace' | 'path'>): readonly Place[] {
  if (LIST_VARIABLE.test(name.toUpperCase().replaceAll(/[.-]/g, '_')) && LIST.test(value))
    return value.split(',').map((one): Place => {
      const [host = '', port] = one.trim().replace(/^\d+@/, '').split(':');
      return { ...where, host, port: Number(port) };
    });
  if (!value.includes('host=')) return [];
  const [, first, after, before, second] = DSN.exec(value) ?? [];
  const host = first ?? second;
  return host === undefined ? [] : [{ ...where, host, port: Number(after ?? before) }];
}

/** A host and a port in two flags of one command line: `--redis-host redis --redis-port 6379`. */
function inFlags(object: KubeObject, namespace: string, { fields, path }: Container): readonly Place[] {
  return (['args', 'command'] as const).flatMap((field) => {
    const flags = flagsIn(listAt(fields, field).map(String));
    return flags.flatMap(({ name, value, index }): readonly Place[] => {
      const where = { object, namespace, path: `${path}.${field}[${index}]` };
      const beside = flags.find(
        (one) => one.name !== name && one.name === name.replace(/(host|hostname|server|address)$/i, 'port'),
      );
      if (!/^[a-z][a-z0-9.-]*$/.test(value) || !/^\d+$/.test(beside?.value ?? '')) return hostsIn(name, value, where);
      return [{ ...where, host: value, port: Number(beside?.value) }];
    });
  });
}

/** Addresses in other objects: URLs in ConfigMaps and in annotations of Ingresses, and KEDA's metric sources. */
export function addressesInObjects(all: Inventory): readonly Place[] {
  return [...inMaps(all), ...all.ofKind('Ingress').flatMap(inAnnotations), ...all.ofKind('ScaledObject').flatMap(inTriggers)];
}

function inAnnotations(object: KubeObject): readonly Place[] {
  return Object.entries(fieldsAt(object, 'metadata', 'annotations')).flatMap(([key, value]) =>
    urlsIn(String(value), { object, namespace: namespaceOf(object), path: `metadata.annotations["${key}"]` }),
  );
}

function inTriggers(object: KubeObject): readonly Place[] {
  return listAt(object, 'spec', 'triggers').flatMap((trigger, index) =>
    Object.entries(fieldsAt(trigger, 'metadata')).flatMap(([key, value]): readonly Place[] => {
      const where = { object, namespace: namespaceOf(object), path: `spec.triggers[${index}].metadata.${key}` };
      const [, host = '', port] = /^([a-z][a-z0-9.-]*):(\d+)$/.exec(String(value)) ?? [];
      return port === undefined ? urlsIn(String(value), where) : [{ ...where, host, port: Number(port) }];
    }),
  );
}

function inMaps(all: Inventory): readonly Place[] {
  return all.ofKind('ConfigMap').flatMap((object) =>
    Object.entries(fieldsAt(object, 'data')).flatMap(([key, text]) => {
      const path = /[./]/.test(key) ? `data["${key}"]` : `data.${key}`;
      return typeof text === 'string' ? urlsIn(text, { object, namespace: namespaceOf(object), path }) : [];
    }),
  );
}

function urlsIn(text: string, where: Pick<Place, 'object' | 'namespace' | 'path'>): readonly Place[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(URL_HOST)].flatMap(([, scheme = '', host = '', port, next]): readonly Place[] => {
    const name = scheme.toLowerCase();
    // If a variable or a wildcard follows, the name is incomplete or the port is unknown.
    if (!(name in SCHEMES) || (next !== '' && next !== ':' && next !== ',')) return [];
    const standard = next === ':' ? undefined : SCHEMES[name];
    return [
      {
        host: host.toLowerCase().replace(/\.$/, ''),
        ...where,
        ...(port === undefined ? {} : { port: Number(port) }),
        ...(standard === undefined ? {} : { defaultPort: standard }),
      },
    ];
  });
}

/** The Service that a host refers to, by name and namespace; undefined for addresses outside the cluster. */
export function serviceOf({
  host,
  namespace: home,
}: Pick<Place, 'host' | 'namespace'>): { readonly name: string; readonly namespace: string } | undefined {
  if (host === 'localhost' || /^[\d.]+$/.test(host)) return undefined;
  const labels = host.split('.');
  const inCluster = host.endsWith('.cluster.local') ? labels.slice(0, -2) : labels;
  const [name = '', namespace = home, svc] =
    inCluster.at(-1) === 'svc' && inCluster.length === 4 ? inCluster.slice(1) : inCluster;
  // The second label may be a namespace or belong to a domain such as example.com: only an existing Service proves it.
  if (inCluster.length > 2 && svc !== 'svc') return undefined;
  return { name, namespace };
}
