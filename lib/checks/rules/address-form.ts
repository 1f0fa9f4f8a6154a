import { isFields, textAt } from '../../kube/fields';
import { groupOf, type KubeObject } from '../../kube/object';
import { isPattern } from '../../kube/path-pattern';
import { parseQuantity } from '../../kube/quantity';
import { type Inventory, itemsAt, type Workload } from '../inventory/inventory';
import { PROBES } from '../inventory/timing';
import { type Setting, settingsOf } from '../inventory/variables';
import { ownSeverity } from '../model/context';
import { type Found, type Rule, rule } from '../model/rule';

const URL_NAME = /(?:^|_)(?:URL|URI)$/;
const HOST_NAME = /(?:^|_)(?:HOST|HOSTNAME)$/;
const PORT_NAME = /(?:^|_)PORT$/;
/** Hosts of services with clients that take host and port separately. */
const PLAIN_HOST =
  /(?:^|_)(?:REDIS|VALKEY|MEMCACHED?|POSTGRES(?:QL)?|PG|MYSQL|MARIADB|DB|DATABASE|MONGO(?:DB)?|RABBITMQ|AMQP|KAFKA|NATS|SMTP|CASSANDRA|ZOOKEEPER)_?(?:MASTER_|SERVICE_|SENTINEL_)?(?:HOST|HOSTNAME)$/;
/** `features:8081`, `features.serving.svc/v1`; not a plain word, which may be any name. */
const BARE = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*(?::\d{1,5})?(?:\/\S*)?$/;
/** Libraries with URLs that need no scheme, or have their own. */
const OTHER_URLS = /JDBC|IMAGE|DOCKER|REPO|GIT|REGISTRY/;

/** A host name instead of a URL, a URL instead of a host name, or an invalid port. */
export const addressForm: Rule = rule(
  'ADDRESS_FORM',
  'error',
  'Write URLs with their scheme, hosts without one, and ports as numbers.',
  (all, context) => [
    ...all.objects.flatMap(inFields),
    ...all.workloads.flatMap(inProbes),
    ...settingsOf(all).flatMap((setting): readonly Found[] => {
      const { name, value, object, path } = setting;
      const variable = /(?:url|uri|host|hostname|port)$/i.test(name) ? name.toUpperCase().replaceAll(/[.-]/g, '_') : '';
      const mistake = variable === '' ? undefined : mistakeOf(all, setting, variable, value.trim());
      if (mistake === undefined) return [];
      const [message, expected, sure] = mistake;
      return [{ object, path, message, got: value, expected, severity: sure ? 'error' : ownSeverity(context, object) }];
    }),
  ],
);

type Mistake = readonly [message: string, expected: string, sure: boolean];

function mistakeOf(all: Inventory, { name, namespace, object }: Setting, variable: string, value: string): Mistake | undefined {
  if (URL_NAME.test(variable) && !OTHER_URLS.test(variable) && BARE.test(value)) {
    const [host = ''] = value.split(/[:/]/);
    const [service = ''] = host.split('.');
    const known = all.has('Service', namespace, service);
    // A single word is an address only if a Service has that name.
    if (!known && !/:\d|\.svc\b/.test(value)) return undefined;
    // Some clients call a host with a port a URL.
    return ['the URL has no scheme', `http://${value}`, false];
  }
  if (HOST_NAME.test(variable) && /^[a-z][a-z0-9+.-]*:\/\//i.test(value)) {
    const host = value.replace(/^[^/]*\/\/(?:[^@/]*@)?/, '').replace(/[:/].*$/, '');
    return PLAIN_HOST.test(variable) ? ['a URL, where the host alone is wanted', host, true] : undefined;
  }
  if (HOST_NAME.test(variable) && PLAIN_HOST.test(variable)) {
    const [, host = '', port] = /^([a-z0-9.-]+):(\d+)$/.exec(value) ?? [];
    const beside = () =>
      settingsOf(all).some((one) => one.object === object && one.name === name.replace(/HOST(NAME)?$/i, 'PORT'));
    return port !== undefined && beside() ? ['the host has a port, and the port is given apart', host, true] : undefined;
  }
  if (PORT_NAME.test(variable) && value !== '') return portMistake(value);
  return undefined;
}

function portMistake(value: string): Mistake | undefined {
  if (/^[a-z]+:\/\//.test(value)) return ['a URL, where the port alone is wanted', 'a number from 1 to 65535', false];
  if (!/^-?\d+$/.test(value)) return undefined;
  const port = parseQuantity(value) ?? 0;
  return port >= 0 && port <= 65_535 ? undefined : ['there is no such port', 'a number from 1 to 65535', true];
}

/** API groups with host lists in fields of these names. */
const HOST_KINDS = /^(?:gateway\.networking\.k8s\.io|networking\.istio\.io|cert-manager\.io)$/;
const HOST_FIELDS = new Set(['hostnames', 'hostname', 'hosts', 'host', 'dnsNames', 'commonName']);
const SCHEME = /^[a-z][a-z0-9+.-]*:\/\//i;

/** Host fields that contain a URL, and URL fields that contain a host. */
function inFields(object: KubeObject): readonly Found[] {
  if (HOST_KINDS.test(groupOf(object.apiVersion))) return urlsInHosts(object, object.spec, 'spec');
  if (object.kind === 'Service') {
    const got = textAt(object, 'spec', 'externalName');
    if (got === undefined || !/^\d+(?:\.\d+){3}$/.test(got)) return [];
    const message = 'an IP address, where a DNS name is wanted: no resolver follows it';
    return [{ object, path: 'spec.externalName', message, got, expected: 'a DNS name, or an EndpointSlice with the address' }];
  }
  if (object.kind === 'Ingress') return patterns(object);
  if (object.kind === 'ScaledObject')
    return itemsAt(object, 'spec', 'triggers').flatMap((trigger, index): readonly Found[] => {
      const got = textAt(trigger, 'metadata', 'serverAddress');
      if (trigger.type !== 'prometheus' || got === undefined || SCHEME.test(got) || /[{$]/.test(got)) return [];
      const path = `spec.triggers[${index}].metadata.serverAddress`;
      return [{ object, path, message: 'the URL has no scheme', got, expected: `http://${got}` }];
    });
  return [];
}

/** Regular expressions in paths that the API defines as plain. Controllers that read them all the same are asked by an annotation. */
function patterns(object: KubeObject): readonly Found[] {
  const asked = Object.keys(object.metadata.annotations ?? {}).some((key) => /use-regex|rewrite-target|path-type/.test(key));
  return itemsAt(object, 'spec', 'rules').flatMap((one, index) =>
    itemsAt(one, 'http', 'paths').flatMap(({ path: got, pathType }, inner): readonly Found[] => {
      if (typeof got !== 'string' || (pathType !== 'Prefix' && pathType !== 'Exact') || !isPattern(got)) return [];
      const path = `spec.rules[${index}].http.paths[${inner}].path`;
      const message = `a path of type ${pathType} is no regular expression`;
      const expected = 'a plain path, or pathType: ImplementationSpecific';
      return [{ object, path, message, got, expected, severity: asked ? 'warning' : 'error' }];
    }),
  );
}

/** Hosts of probes: the request path has its own field. */
function inProbes({ object, containers }: Workload): readonly Found[] {
  return containers.flatMap(({ fields, path }) =>
    PROBES.flatMap((probe) =>
      ['httpGet', 'tcpSocket'].flatMap((handler) => {
        const host = textAt(fields, probe, handler, 'host');
        const route = textAt(fields, probe, handler, 'path') ?? '';
        const place = `${path}.${probe}.${handler}.path`;
        if (SCHEME.test(route)) {
          const expected = route.replace(SCHEME, '').replace(/^[^/]*/, '') || '/';
          return [{ object, path: place, message: 'a URL, where the path alone is wanted', got: route, expected }];
        }
        return host === undefined ? [] : urlsInHosts(object, host, `${path}.${probe}.${handler}.host`, 'host');
      }),
    ),
  );
}

function urlsInHosts(object: KubeObject, value: unknown, path: string, field = ''): readonly Found[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => urlsInHosts(object, item, `${path}[${index}]`, field));
  if (isFields(value)) return Object.entries(value).flatMap(([key, child]) => urlsInHosts(object, child, `${path}.${key}`, key));
  if (!HOST_FIELDS.has(field) || typeof value !== 'string' || !SCHEME.test(value)) return [];
  const expected = value.replace(SCHEME, '').replace(/[:/].*$/, '');
  return [{ object, path, message: 'a URL, where the host alone is wanted', got: value, expected }];
}
