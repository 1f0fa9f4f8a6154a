import { canonical } from '../../../lib/kube/canonical';
import { fieldsAt, isFields, listAt, textAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import type { TestCluster } from '../../harness/cluster';

/** Objects of a whole cluster, by `Kind/namespace/name`, as text to compare. */
export type Everything = ReadonlyMap<string, string>;

/** The kinds of objects, as `kubectl get` takes them, and those that a release makes besides. */
export function kindsOf(objects: readonly KubeObject[]): readonly string[] {
  const own = objects.map(({ apiVersion, kind }) => {
    const [version = '', group] = apiVersion.split('/').reverse();
    return group === undefined ? kind : `${kind}.${version}.${group}`;
  });
  return [...new Set([...own, 'Namespace', 'Secret', 'ConfigMap', 'PersistentVolumeClaim'])];
}

/** Every object that the cluster has of some kinds, without what controllers keep changing. Kinds that are not served have none. */
export async function everything(cluster: TestCluster, kinds: readonly string[]): Promise<Everything> {
  const get = async (list: readonly string[]): Promise<readonly unknown[]> => {
    const text = await cluster.kubectl('get', list.join(','), '-A', '-o', 'json', '--ignore-not-found').catch(() => undefined);
    if (text !== undefined) return text === '' ? [] : listAt(JSON.parse(text), 'items');
    return list.length === 1 ? [] : (await Promise.all(list.map((kind) => get([kind])))).flat();
  };
  return new Map(
    (await get(kinds)).flatMap((item) => {
      // What controllers make for other objects is theirs.
      if (!isFields(item) || listAt(item, 'metadata', 'ownerReferences').length > 0) return [];
      const { status: _status, ...rest } = item;
      const { annotations, ...others } = fieldsAt(rest, 'metadata');
      const {
        'deployment.kubernetes.io/revision': _revision,
        'deprecated.daemonset.template.generation': _generation,
        ...own
      } = fieldsAt({ annotations }, 'annotations');
      const metadata = { ...others, annotations: own, resourceVersion: '', generation: 0 };
      const key = `${textAt(item, 'kind')}/${textAt(item, 'metadata', 'namespace') ?? ''}/${textAt(item, 'metadata', 'name')}`;
      return [[key, canonical({ ...rest, metadata })] as const];
    }),
  );
}

/** What is there that was not (`+`), what is gone (`-`), and what is otherwise (`~`); what is being deleted is gone. */
export function differences(before: Everything, after: Everything, besides: readonly string[]): readonly string[] {
  const expected = (key: string) =>
    besides.includes(key) ||
    /\/(kube-root-ca.crt|default|cdk8s-serving[.-][^/]*)$/.test(key) ||
    key.startsWith('PersistentVolume/');
  const going = (state: string | undefined) => state?.includes('"deletionTimestamp"') === true;
  const isGoing = (key: string) => going(after.get(key)) || going(before.get(key));
  // A namespace that is being deleted takes its objects one by one.
  const isInGoing = (key: string) => isGoing(`Namespace//${key.split('/')[1]}`);
  const keys = [...new Set([...before.keys(), ...after.keys()])].filter(
    (key) => !expected(key) && !isGoing(key) && !isInGoing(key),
  );
  return keys.flatMap((key) => {
    if (!before.has(key)) return [`+${key}`];
    if (!after.has(key)) return [`-${key}`];
    return before.get(key) === after.get(key) ? [] : [`~${key}`];
  });
}
