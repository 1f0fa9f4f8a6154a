import { TOOL } from '../kube/contract';
import { displayName, type KubeObject } from '../kube/object';
import type { KindSelector, KubeApi, NamedObject, ObjectList, WriteOptions } from './api';
import { type Call, type ClientOptions, caller } from './caller';
import { systemClock } from './clock';
import { defined } from './defined';
import { ApiError } from './errors';
import { groupPath, type Mapping, mappings, notServed } from './mapping';
import { redactor } from './redact';
import type { Transport } from './transport';
import { watch } from './watch';

/** Lists are read in pages of this size, as kubectl does. */
const PAGE = 500;

type Query = Readonly<Record<string, string | number | boolean | undefined>>;
interface ListBody {
  readonly items?: readonly Readonly<Record<string, unknown>>[];
  readonly metadata?: { readonly resourceVersion?: string; readonly continue?: string };
}

/** The Kubernetes API over any transport: a real server's, or the sandbox's in memory. Opens nothing by itself. */
export function clientOver(transport: Transport, options: ClientOptions = {}): KubeApi {
  const calls = caller(transport, options.clock ?? systemClock, options);
  const mapping = mappings(calls);

  const call = async (
    verb: string,
    method: Call['method'],
    object: Address,
    query: Query,
    more: Partial<Call> = {},
  ): Promise<string> => {
    const path = pathOf(await mapping(object), object) + search(query);
    try {
      return await calls.text({ method, path, subject: `${verb} ${nameOf(object)}`, ...more });
    } catch (error) {
      // An object that is missing is named in the answer; a kind that is missing is not.
      if (error instanceof ApiError && error.status === 404 && error.details?.name === undefined) throw notServed(object);
      throw error;
    }
  };
  const write = async (
    verb: string,
    method: Call['method'],
    object: Address,
    body: unknown,
    query: Query,
    call_: WriteCall,
  ): Promise<KubeObject> => {
    const { dryRun, signal, type = 'application/json', ...more } = call_;
    const all = { fieldManager: TOOL, fieldValidation: 'Strict', dryRun: dryRun ? 'All' : undefined, ...query };
    const rest = { body: JSON.stringify(body), headers: { 'content-type': type }, ...defined({ signal }), ...more };
    return JSON.parse(await call(verb, method, object, all, rest));
  };
  const list = async (selector: KindSelector, signal?: AbortSignal): Promise<ObjectList> => {
    const { apiVersion, kind, labelSelector, fieldSelector } = selector;
    for (;;) {
      const items: KubeObject[] = [];
      let next: string | undefined;
      try {
        do {
          const query = { labelSelector, fieldSelector, limit: PAGE, continue: next };
          const page: ListBody = JSON.parse(
            await call('list', 'GET', selector, query, { idempotent: true, ...defined({ signal }) }),
          );
          // A list names its items' kind only once, for all of them.
          for (const item of page.items ?? []) items.push({ apiVersion, kind, ...item } as KubeObject);
          next = page.metadata?.continue || undefined;
          if (next === undefined) return { items, resourceVersion: page.metadata?.resourceVersion ?? '' };
        } while (next !== undefined);
      } catch (error) {
        // The snapshot that the pages are cut from has been compacted: begin again.
        if (!(error instanceof ApiError && error.status === 410 && next !== undefined)) throw error;
      }
    }
  };

  return {
    async get(object) {
      try {
        return JSON.parse(await call('get', 'GET', object, {}, { idempotent: true }));
      } catch (error) {
        if (error instanceof ApiError && error.status === 404) return undefined;
        throw error;
      }
    },
    list,
    watch: (selector, signal) => {
      const { labelSelector, fieldSelector } = selector;
      return watch({
        list: () => list(selector, signal),
        async *begin(query, lifetimeMs) {
          const path =
            pathOf(await mapping(selector), selector) + search({ ...query, watch: true, labelSelector, fieldSelector });
          yield* calls.stream({ method: 'GET', path, subject: `watch ${nameOf(selector)}`, signal }, lifetimeMs);
        },
        calls,
        signal,
      });
    },
    apply: (object, { force, fieldManager = TOOL, ...rest } = {}) => {
      const more = {
        ...rest,
        type: 'application/apply-patch+yaml',
        idempotent: true,
        ...defined({ redact: redactor(object.kind, object) }),
      };
      return write('apply', 'PATCH', addressOf(object), object, { fieldManager, force: force ? true : undefined }, more);
    },
    create: (object, rest) => {
      const { name: _, ...collection } = addressOf(object);
      return write(
        'create',
        'POST',
        { ...collection, shown: displayName(object) },
        object,
        {},
        { ...rest, ...defined({ redact: redactor(object.kind, object) }) },
      );
    },
    replace: (object, rest) =>
      write(
        'replace',
        'PUT',
        addressOf(object),
        object,
        {},
        { ...rest, idempotent: true, ...defined({ redact: redactor(object.kind, object) }) },
      ),
    merge: (object, patch, rest) =>
      write(
        'patch',
        'PATCH',
        object,
        patch,
        {},
        {
          ...rest,
          type: 'application/merge-patch+json',
          idempotent: true,
          ...defined({ redact: redactor(object.kind, patch) }),
        },
      ),
    async remove(object, { dryRun, signal, uid, resourceVersion, propagation = 'Background', gracePeriodSeconds } = {}) {
      const preconditions = uid === undefined && resourceVersion === undefined ? undefined : { uid, resourceVersion };
      // In the body: with a body there, the API server does not look at the query, and would delete for real.
      const dry = dryRun ? { dryRun: ['All'] } : {};
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation,
        preconditions,
        gracePeriodSeconds,
        ...dry,
      };
      const more = {
        body: JSON.stringify(body),
        headers: { 'content-type': 'application/json' },
        idempotent: true,
        ...defined({ signal }),
      };
      try {
        await call('delete', 'DELETE', object, {}, more);
      } catch (error) {
        if (!(error instanceof ApiError && error.status === 404)) throw error;
      }
    },
    logs: (pod, { container, tailLines, previous } = {}) =>
      call(
        'read logs of',
        'GET',
        { apiVersion: 'v1', kind: 'Pod', ...pod, sub: '/log' },
        { container, tailLines, previous },
        { idempotent: true },
      ),
    async may(verb, object) {
      const [version, group = ''] = object.apiVersion.split('/').reverse();
      const { plural: resource } = await mapping(object);
      const { namespace, name } = object;
      const review = {
        apiVersion: 'authorization.k8s.io/v1',
        kind: 'SelfSubjectAccessReview',
        spec: { resourceAttributes: { verb, group, version, resource, namespace, name } },
      };
      const answer = await calls.json<{ readonly status?: { readonly allowed?: boolean } }>({
        method: 'POST',
        path: `${groupPath(review.apiVersion)}/selfsubjectaccessreviews`,
        subject: `ask whether ${verb} ${nameOf(object)} is allowed`,
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(review),
        idempotent: true,
      });
      return answer.status?.allowed === true;
    },
    serverVersion: async () =>
      (
        await calls.json<{ gitVersion: string }>({
          method: 'GET',
          path: '/version',
          subject: 'ask for the version',
          idempotent: true,
        })
      ).gitVersion,
    close: () => transport.close(),
  };
}

interface WriteCall extends WriteOptions, Pick<Call, 'idempotent' | 'redact'> {
  readonly type?: string;
}

/** An object, or a collection when it has no name. */
interface Address {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly name?: string;
  /** A sub-resource, `/log`. */
  readonly sub?: string;
  /** What to call it in errors. */
  readonly shown?: string;
}

function addressOf({ apiVersion, kind, metadata: { name, namespace } }: KubeObject): NamedObject {
  return { apiVersion, kind, name, ...defined({ namespace }) };
}

function pathOf({ plural, namespaced }: Mapping, { apiVersion, namespace, name, sub = '' }: Address): string {
  const scope = namespaced && namespace !== undefined && namespace !== '' ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${groupPath(apiVersion)}${scope}/${plural}${name === undefined ? '' : `/${encodeURIComponent(name)}`}${sub}`;
}

function search(query: Query): string {
  const set = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(set.map(([key, value]): [string, string] => [key, String(value)])).toString();
  return text === '' ? '' : `?${text}`;
}

function nameOf({ kind, name, namespace, shown }: Address): string {
  const where = namespace === undefined ? '' : ` in ${namespace}`;
  return `${shown ?? (name === undefined ? kind : `${kind}/${name}`)}${where}`;
}
