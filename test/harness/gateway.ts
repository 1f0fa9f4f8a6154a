import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { KubeApi } from '../../lib/client';
import { fieldsAt, listAt, numberAt, textAt } from '../../lib/kube/fields';
import { type KubeObject, keyOf } from '../../lib/kube/object';
import { installed } from './debian';

const run = promisify(execFile);
const GATEWAY_API = 'gateway.networking.k8s.io/v1';
/** HAProxy counts weights up to this. */
const HEAVIEST = 256;

/** A gateway for the HTTPRoutes of one namespace, with HAProxy as its data plane. */
export interface Gateway {
  /** Where it listens, `http://address:port`. */
  readonly url: string;
  /** How often its data plane was configured. */
  configurations(): number;
  stop(): Promise<void>;
}

/** What a gateway needs. */
export interface GatewayOptions {
  readonly api: KubeApi;
  /** Runs kubectl: for the status of routes. */
  kubectl(...args: string[]): Promise<string>;
  readonly namespace: string;
  readonly address: string;
  readonly port: number;
}

/**
 * Serves the HTTPRoutes of a namespace as implementations of the Gateway API do: from the pods that EndpointSlices name as ready,
 * by the weights of the backends. It reports each generation of a route when the data plane follows it. Nothing is sent twice.
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { api, namespace, address, port } = options;
  installed('haproxy');
  const dir = mkdtempSync(join(tmpdir(), 'serving-gateway-'));
  const [config, pidFile, socket] = ['haproxy.cfg', 'haproxy.pid', 'admin.sock'].map((name) => join(dir, name)) as [
    string,
    string,
    string,
  ];
  const pids = new Set<number>();
  const stop = new AbortController();
  const objects = new Map<string, KubeObject>();
  let [dirty, written, count] = [true, '', 0];

  const follow = async (apiVersion: string, kind: string) => {
    for await (const event of api.watch({ apiVersion, kind, namespace }, stop.signal)) {
      if (event.type === 'reset') {
        for (const [key, one] of objects) if (one.kind === kind) objects.delete(key);
        for (const one of event.items) objects.set(keyOf(one), one);
      } else if (event.type === 'put') objects.set(keyOf(event.object), event.object);
      else objects.delete(keyOf(event.object));
      dirty = true;
    }
  };
  /** Starts a new process, which takes over the socket; the old one ends with its last connection. */
  const configure = async (text: string) => {
    writeFileSync(config, text);
    const old = existsSync(pidFile) ? readFileSync(pidFile, 'utf8').trim().split('\n') : [];
    await run('haproxy', ['-D', '-f', config, '-p', pidFile, ...(old.length === 0 ? [] : ['-x', socket, '-sf', ...old])]);
    for (const pid of readFileSync(pidFile, 'utf8').trim().split('\n')) pids.add(Number(pid));
    count++;
  };
  const reconcile = async () => {
    const all = [...objects.values()];
    const routes = all.filter(({ kind }) => kind === 'HTTPRoute');
    const text = configuration(routes, all, `${address}:${port}`, socket);
    if (text !== written) await configure(text);
    written = text;
    for (const route of routes) {
      const parents = reported(route, all);
      if (JSON.stringify(listAt(route, 'status', 'parents')) === JSON.stringify(parents)) continue;
      const patch = JSON.stringify({ status: { parents } });
      const { name } = route.metadata;
      await options.kubectl('-n', namespace, 'patch', 'httproute', name, '--subresource=status', '--type=merge', '-p', patch);
    }
  };
  const following = [follow(GATEWAY_API, 'HTTPRoute'), follow('discovery.k8s.io/v1', 'EndpointSlice'), follow('v1', 'Service')];
  for (const one of following) one.catch(() => undefined);
  const working = (async () => {
    while (!stop.signal.aborted) {
      await sleep(20);
      if (!dirty) continue;
      dirty = false;
      await reconcile().catch(() => {
        dirty = true;
      });
    }
  })();
  return {
    url: `http://${address}:${port}`,
    configurations: () => count,
    stop: async () => {
      stop.abort();
      await working;
      for (const pid of pids) {
        try {
          process.kill(pid);
        } catch {
          // It has ended.
        }
      }
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** One backend for every rule, in the order of the rules; its servers are the ready pods, by weight. */
export function configuration(routes: readonly KubeObject[], all: readonly KubeObject[], bind: string, socket: string): string {
  const rules = routes.flatMap((route) => listAt(route, 'spec', 'rules'));
  const uses = rules.map((rule, index) => {
    const matches = listAt(rule, 'matches');
    const conditions = (matches.length === 0 ? [{}] : matches).map((match) =>
      [
        `{ path_beg ${textAt(match, 'path', 'value') ?? '/'} }`,
        ...listAt(match, 'headers').map((header) => `{ req.hdr(${textAt(header, 'name')}) -m str "${textAt(header, 'value')}" }`),
      ].join(' '),
    );
    return `  use_backend rule-${index} if ${conditions.join(' or ')}`;
  });
  const backends = rules.flatMap((rule, index) => [
    `backend rule-${index}`,
    '  balance roundrobin',
    ...serversOf(rule, all).map(({ address, weight }, number) => `  server pod-${number} ${address} weight ${weight}`),
  ]);
  return [
    'global',
    `  stats socket ${socket} mode 600 level admin expose-fd listeners`,
    '  nbthread 1',
    '  hard-stop-after 30s',
    'defaults',
    '  mode http',
    '  timeout connect 2s',
    '  timeout client 60s',
    '  timeout server 60s',
    '  retries 0',
    // A kept connection of a client gets a last answer before the old process closes it.
    '  option idle-close-on-response',
    'frontend gateway',
    `  bind ${bind}`,
    ...uses,
    ...backends,
    '',
  ].join('\n');
}

/** The pods behind a rule: each Service's weight is shared by its pods. */
function serversOf(rule: unknown, all: readonly KubeObject[]): readonly { readonly address: string; readonly weight: number }[] {
  const shares = listAt(rule, 'backendRefs').flatMap((ref) => {
    const pods = podsOf(textAt(ref, 'name') ?? '', all);
    return pods.map((address) => ({ address, share: (numberAt(ref, 'weight') ?? 1) / pods.length }));
  });
  const most = Math.max(...shares.map(({ share }) => share));
  return shares.map(({ address, share }) => ({ address, weight: most === 0 ? 0 : Math.round((share / most) * HEAVIEST) }));
}

function podsOf(service: string, all: readonly KubeObject[]): readonly string[] {
  const slices = all.filter(
    ({ kind, metadata }) => kind === 'EndpointSlice' && metadata.labels?.['kubernetes.io/service-name'] === service,
  );
  const found = slices.flatMap((slice) => {
    const [port] = listAt(slice, 'ports');
    return listAt(slice, 'endpoints')
      .filter((endpoint) => fieldsAt(endpoint, 'conditions').ready === true)
      .map((endpoint) => `${listAt(endpoint, 'addresses')[0]}:${numberAt(port, 'port')}`);
  });
  return [...new Set(found)].sort();
}

/** What the gateway says of a route: of each parent, whether all Services are there. */
function reported(route: KubeObject, all: readonly KubeObject[]): readonly unknown[] {
  const services = new Set(all.filter(({ kind }) => kind === 'Service').map(({ metadata }) => metadata.name));
  const named = listAt(route, 'spec', 'rules').flatMap((rule) =>
    listAt(rule, 'backendRefs').map((ref) => textAt(ref, 'name') ?? ''),
  );
  const missing = named.filter((name) => !services.has(name));
  return listAt(route, 'spec', 'parentRefs').map((parentRef, index) => {
    const before = listAt(listAt(route, 'status', 'parents')[index], 'conditions');
    const condition = (type: string, holds: boolean, reason: string, message: string) => {
      const status = holds ? 'True' : 'False';
      const old = before.find((one) => textAt(one, 'type') === type);
      const since = textAt(old, 'status') === status ? textAt(old, 'lastTransitionTime') : undefined;
      return {
        lastTransitionTime: since ?? `${new Date().toISOString().slice(0, 19)}Z`,
        message,
        observedGeneration: route.metadata.generation,
        reason,
        status,
        type,
      };
    };
    return {
      conditions: [
        condition('Accepted', true, 'Accepted', ''),
        missing.length === 0
          ? condition('ResolvedRefs', true, 'ResolvedRefs', '')
          : condition('ResolvedRefs', false, 'BackendNotFound', `no Service ${missing.join(', ')}`),
      ],
      controllerName: 'test.local/haproxy',
      parentRef,
    };
  });
}
