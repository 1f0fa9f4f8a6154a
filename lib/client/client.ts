import { TOOL } from '../kube/contract';
import { at as atPath, textOrEmpty } from '../kube/fields';
import { toJson } from '../kube/large-integer';
import type { KubeObject } from '../kube/object';
import { createdAt, fieldsIn, memberIn, objectAt, type Page, pageIn } from './answers';
import type { KindSelector, KubeApi, ListOptions, ObjectList, ReadOptions, WriteOptions } from './api';
import { type Call, type ClientOptions, caller } from './caller';
import { systemClock } from './clock';
import { defined } from './defined';
import { ApiError } from './errors';
import { mappings, notServed, unservedKind } from './mapping';
import { type Address, groupPath, nameOf, pathOf, type Query } from './paths';
import { redactor } from './redact';
import type { Transport } from './transport';
import { watch } from './watch';

/** Lists are read in pages of this size, as kubectl does. */
const PAGE = 500;
const JSON_TYPE = 'application/json';
const whole = (object: KubeObject): KubeObject => object;

/** A write: method, address, body, and additional query parameters. */
interface Write extends WriteOptions {
  readonly method: Call['method'];
  readonly at: Address;
  readonly body: unknown;
  readonly query?: Query;
  readonly type?: string;
  readonly once?: boolean;
  /** For a POST, which goes to the kind's path. */
  readonly name?: string;
}

/** The Kubernetes API over any transport: a real server's, or the in-memory sandbox's. Opens no connection by itself. */
export function clientOver(transport: Transport, options: ClientOptions = {}): KubeApi {
  const calls = caller(transport, options.clock ?? systemClock, options);
  const mapping = mappings(calls);

  /** The address as the API server uses it: without a namespace that a manifest may set on a cluster-scoped object. */
  const canonical = async <T extends Address>({ namespace, ...at }: T) => ({
    ...at,
    ...((await mapping(at)).namespaced ? defined({ namespace }) : {}),
  });
  const path = async (at: Address, query?: Query, sub = '') => pathOf(await mapping(at), at, sub, query);
  const json = async <T>(at: Address, call: Call, read: (value: unknown) => T): Promise<T> => {
    try {
      return await calls.json(call, read);
    } catch (error) {
      // The response names a missing object, but not a missing kind.
      if (error instanceof ApiError && error.status === 404 && error.details?.name === undefined) throw notServed(at);
      throw error;
    }
  };
  const write = async <T>(
    verb: string,
    readerFor: (asked: Address) => (value: unknown) => T,
    { method, at, body, query, type = JSON_TYPE, name, dryRun, signal, once }: Write,
  ) => {
    const all = { fieldManager: TOOL, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined, ...query };
    const target: Address = { ...at, ...defined({ name: name ?? at.name }) };
    const subject = `${verb} ${nameOf(target)}`;
    const redact = redactor(at.kind, body);
    const call = { method, path: await path(at, all), subject, body: toJson(body), headers: { 'content-type': type } };
    return json(at, { ...call, ...defined({ signal, once, redact }) }, readerFor(await canonical(target)));
  };
  const page = async (selector: KindSelector, query: Query, options: ReadOptions = {}): Promise<Page> => {
    const { labelSelector, fieldSelector } = selector;
    const at = await path(selector, { labelSelector, fieldSelector, ...query });
    const call = { method: 'GET', path: at, subject: `list ${nameOf(selector)}`, ...options } as const;
    const asked = await canonical(selector);
    return json(selector, call, (value) => pageIn(value, asked));
  };
  const list = async (
    selector: KindSelector,
    { pageSize = PAGE, each, keep = whole, ...options }: ListOptions = {},
  ): Promise<ObjectList> => {
    const items: KubeObject[] = [];
    for (let next: string | undefined; ; ) {
      try {
        const found: Page = await page(selector, { limit: pageSize, continue: next }, options);
        for (const object of found.items) {
          if (each === undefined) items.push(keep(object));
          else await each(object);
        }
        next = found.next;
        if (next === undefined) return { items, resourceVersion: found.resourceVersion };
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 410 && next !== undefined)) throw error;
        // The snapshot behind the pages has been compacted: start again.
        next = undefined;
        items.length = 0;
      }
    }
  };

  return {
    async get(object, options) {
      try {
        const call = { method: 'GET', path: await path(object), subject: `get ${nameOf(object)}`, ...options } as const;
        return await json(object, call, objectAt(await canonical(object)));
      } catch (error) {
        if (notThere(error)) return undefined;
        throw error;
      }
    },
    list,
    async position(selector, options) {
      return (await page(selector, { limit: 1 }, options)).resourceVersion;
    },
    watch: (selector, signal, { after, keep = whole } = {}) => {
      const { labelSelector, fieldSelector } = selector;
      const subject = `watch ${nameOf(selector)}`;
      return watch({
        list: () => list(selector, { signal, keep }),
        async *begin(query, lifetimeMs) {
          const all = { ...query, watch: true, labelSelector, fieldSelector };
          yield* calls.stream({ method: 'GET', path: await path(selector, all), subject, signal }, lifetimeMs);
        },
        read: async (value) => keep(memberIn(value, await canonical(selector))),
        calls,
        signal,
        ...defined({ after }),
      });
    },
    apply: (object, { force, fieldManager = TOOL, ...rest } = {}) => {
      const more = { query: { fieldManager, force: force || undefined }, type: 'application/apply-patch+yaml', ...rest };
      return write('apply', objectAt, { method: 'PATCH', at: addressOf(object), body: object, ...more });
    },
    create: (object, rest) => {
      const { name, ...at } = addressOf(object);
      return write('create', createdAt, { method: 'POST', at, name, body: object, once: true, ...rest });
    },
    replace: (object, rest) => write('replace', objectAt, { method: 'PUT', at: addressOf(object), body: object, ...rest }),
    merge: (at, body, rest) =>
      write('patch', objectAt, { method: 'PATCH', at, body, type: 'application/merge-patch+json', ...rest }),
    async remove(at, { dryRun, uid, resourceVersion, propagation = 'Background', gracePeriodSeconds, signal } = {}) {
      const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
      // All options in the body: with a body, the API server ignores the query, and would really delete.
      const dry = dryRun ? { dryRun: ['All'] } : {};
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation,
        preconditions,
        gracePeriodSeconds,
        ...dry,
      };
      try {
        await write('delete', () => fieldsIn, { method: 'DELETE', at, body, query: NO_QUERY, ...defined({ signal }) });
      } catch (error) {
        if (!notThere(error)) throw error;
      }
    },
    async scopeOf(kind) {
      try {
        return (await mapping(kind)).namespaced ? 'Namespaced' : 'Cluster';
      } catch (error) {
        if (unservedKind(error) !== undefined) return undefined;
        throw error;
      }
    },
    async logs(pod, { signal, ...query } = {}) {
      const at = { apiVersion: 'v1', kind: 'Pod', ...pod };
      const subject = `read the logs of ${nameOf(at)}`;
      return calls.text({ method: 'GET', path: await path(at, query, '/log'), subject, ...defined({ signal }) });
    },
    service: ({ namespace, name, port, secure = false, path: base = '' }, path, options) => {
      const at = `${groupPath('v1')}/namespaces/${encodeURIComponent(namespace)}/services/${secure ? 'https' : 'http'}:${encodeURIComponent(name)}:${port}`;
      const subject = `get ${nameOf({ apiVersion: 'v1', kind: 'Service', namespace, name })}`;
      return calls.text({ method: 'GET', path: `${at}/proxy${base}${path}`, subject, ...options });
    },
    async may(verb, object, options) {
      const [version, group = ''] = object.apiVersion.split('/').reverse();
      const { namespace, name } = object;
      const resourceAttributes = { verb, group, version, resource: (await mapping(object)).plural, namespace, name };
      const apiVersion = 'authorization.k8s.io/v1';
      const call = {
        method: 'POST',
        path: `${groupPath(apiVersion)}/selfsubjectaccessreviews`,
        subject: `ask whether one may ${verb} ${nameOf(object)}`,
        headers: { 'content-type': JSON_TYPE },
        body: JSON.stringify({ apiVersion, kind: 'SelfSubjectAccessReview', spec: { resourceAttributes } }),
        ...options,
      } as const;
      return calls.json(call, (review) => atPath(fieldsIn(review), 'status', 'allowed') === true);
    },
    async serverVersion() {
      const call = { method: 'GET', path: '/version', subject: 'ask for the version' } as const;
      return calls.json(call, (value) => textOrEmpty(fieldsIn(value), 'gitVersion'));
    },
    close: () => transport.close(),
  };
}

/** Whether the object, or its kind as well, does not exist. */
function notThere(error: unknown): boolean {
  if (error instanceof ApiError) return error.status === 404;
  return unservedKind(error) !== undefined;
}

const NO_QUERY: Query = { fieldManager: undefined, fieldValidation: undefined };

function addressOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): Address & { readonly name: string } {
  return { apiVersion, kind, name, ...defined({ namespace }) };
}
