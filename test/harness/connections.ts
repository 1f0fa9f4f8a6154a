import { POD_OF_LABEL } from '../../lib/kube/contract';
import { fieldsAt, listAt, numberAt } from '../../lib/kube/fields';
import type { KubeObject } from '../../lib/kube/object';
import { type End, isAllowed, type Network } from './network-policy';

/** Who calls whom on which port, `from > to:port`; the ends by their role in the stack. */
export type Edge = string;

/**
 * The connections that the whole stack needs. The end-to-end run makes exactly these; policies allow exactly these. A candidate pod
 * stands under the policies of its server and counts as one.
 */
export const NEEDED: readonly Edge[] = [
  'ingress-nginx > fraud-model:8080',
  'namespace > preprocessor:8080',
  'monitoring > feature-store-proxy:8081',
  'monitoring > fraud-model:8080',
  'monitoring > preprocessor:8080',
  'monitoring > result-queue:8080',
  'preprocessor > fraud-model:8080',
  'result-queue > fraud-model:8080',
  'result-queue > redis:6379',
  'fraud-model > feature-store-proxy:8081',
  'fraud-model > redis:6379',
  'feature-store-proxy > redis:6379',
  'feature-store-proxy > feature-store:8082',
  'fraud-model-pre-upgrade-validate > fraud-model:8080',
  'fraud-model-pre-upgrade-validate > object-store:443',
].sort();

/** Namespaces by the label that every namespace carries. */
export function namespacesNamed(...names: readonly string[]): Network['namespaces'] {
  return Object.fromEntries(names.map((name) => [name, { 'kubernetes.io/metadata.name': name }]));
}

/** Who may call a stack in `namespace`, or try to: other pods there, an ingress controller, Prometheus, somebody else. */
export function callers(namespace: string): ReadonlyMap<string, End> {
  const labels = { app: 'client' };
  const others = ['ingress-nginx', 'monitoring', 'stranger'].map((name) => [name, { namespace: name, labels }] as const);
  return new Map<string, End>([['namespace', { namespace, labels }], ...others]);
}

/** What is called outside a stack, and on which port it listens: the feature store, the store of the data set. */
export function called(namespace: string): ReadonlyMap<string, { readonly end: End; readonly port: number }> {
  return new Map([
    ['feature-store', { end: { namespace, labels: { app: 'feature-store' } }, port: 8082 }],
    ['object-store', { end: { ip: '10.246.1.1' }, port: 443 }],
  ]);
}

/** The role of pods in a stack: what its release puts before the name is left out. */
export function roleOf(labels: Readonly<Record<string, unknown>>, release: string): string | undefined {
  const object = labels[POD_OF_LABEL];
  return typeof object === 'string' ? object.replace(`${release}-`, '') : undefined;
}

/** The pods that rendered objects make, by role. */
export function podsOf(
  objects: readonly KubeObject[],
  release: string,
): ReadonlyMap<string, End & { readonly namespace: string }> {
  return new Map(
    objects.flatMap((object) => {
      const template = fieldsAt(object, 'spec', 'template');
      const labels = fieldsAt(template, 'metadata', 'labels') as Record<string, string>;
      const role = roleOf(labels, release);
      return role === undefined ? [] : [[role, { namespace: object.metadata.namespace ?? '', labels }] as const];
    }),
  );
}

/** All ports that any container of rendered objects listens on. */
export function portsOf(objects: readonly KubeObject[]): readonly number[] {
  const found = objects.flatMap((object) =>
    listAt(object, 'spec', 'template', 'spec', 'containers').flatMap((container) =>
      listAt(container, 'ports').flatMap((port) => numberAt(port, 'containerPort') ?? []),
    ),
  );
  return [...new Set(found)];
}

/** Every pair of pods and port that the policies of rendered objects let through, where at least one end is a pod of the stack. */
export function allowedEdges(objects: readonly KubeObject[], release: string): readonly Edge[] {
  const pods = podsOf(objects, release);
  const namespace = [...pods.values()][0]?.namespace ?? '';
  const network: Network = {
    policies: objects.filter(({ kind }) => kind === 'NetworkPolicy'),
    namespaces: namespacesNamed(namespace, 'ingress-nginx', 'monitoring', 'stranger'),
  };
  const inside = [...pods].flatMap(([to, end]) => portsOf(objects).map((port) => ({ to, end, port })));
  const outside = [...called(namespace)].map(([to, rest]) => ({ to, ...rest }));
  const edges = [...pods, ...callers(namespace)].flatMap(([from, caller]) =>
    (pods.has(from) ? [...inside, ...outside] : inside)
      .filter(({ to, end, port }) => from !== to && isAllowed(network, caller, end, port))
      .map(({ to, port }) => `${from} > ${to}:${port}`),
  );
  return edges.sort();
}
