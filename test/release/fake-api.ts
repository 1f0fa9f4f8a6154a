import type { KubeApi } from '../../lib/client';

const missing = (name: string) => () => {
  throw new Error(`${name} was not expected`);
};

/** A Kubernetes API of which only some calls are expected; every other one fails the test. */
export function fakeApi(calls: Partial<KubeApi>): KubeApi {
  return {
    get: missing('get'),
    list: missing('list'),
    position: missing('position'),
    watch: missing('watch'),
    apply: missing('apply'),
    create: missing('create'),
    replace: missing('replace'),
    merge: missing('merge'),
    remove: missing('remove'),
    scopeOf: missing('scopeOf'),
    logs: missing('logs'),
    service: missing('service'),
    may: missing('may'),
    serverVersion: missing('serverVersion'),
    close: async () => undefined,
    ...calls,
  };
}
