import { RELEASE_LABEL } from '../../kube/contract';
import { isClusterScoped } from '../../kube/kinds';
import { type KubeObject, keyOf } from '../../kube/object';
import { type Found, rule } from '../model/rule';

/** Duplicate objects, each with the first object of the same identity. */
function twins(objects: readonly KubeObject[]): readonly { readonly first: KubeObject; readonly second: KubeObject }[] {
  const seen = new Map<string, KubeObject>();
  return objects.flatMap((second) => {
    const key = keyOf(second);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, second);
    return first === undefined ? [] : [{ first, second }];
  });
}

const releaseOf = ({ metadata }: KubeObject) => metadata.labels?.[RELEASE_LABEL];
const isShared = (first: KubeObject, second: KubeObject) => releaseOf(first) !== releaseOf(second);

/** The same identity twice in one release. */
export const duplicateObject = rule('DUPLICATE_OBJECT', 'error', 'Give one of them another name.', ({ objects }) =>
  twins(objects)
    .filter(({ first, second }) => !isShared(first, second))
    .map(
      ({ second }): Found => ({ object: second, path: 'metadata.name', message: 'there is another object of the same identity' }),
    ),
);

/** The same identity in two releases: an object that exists once per cluster or namespace belongs to one of them. */
export const clusterSingleton = rule(
  'CLUSTER_SINGLETON',
  'error',
  'Let one release install it, and let the other refer to it.',
  ({ objects }) =>
    twins(objects)
      .filter(({ first, second }) => isShared(first, second))
      .map(({ first, second }): Found => {
        const where = isClusterScoped(second) ? 'cluster' : 'namespace';
        const message = `${releaseOf(first) ?? 'no release'} and ${releaseOf(second) ?? 'no release'} both install it, and there is one per ${where}`;
        return { object: second, path: 'metadata.name', message };
      }),
);
