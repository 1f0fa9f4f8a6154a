import { fieldsAt, listAt, textAt } from '../../../lib/kube/fields';
import type { KubeObject } from '../../../lib/kube/object';
import type { TestCluster } from '../../harness/cluster';

/** What `kubectl apply` says about a namespace that the release would create. */
const NAMESPACE_MISSING = /namespaces "[^"]*" not found/;
const KIND_MISSING = /no matches for kind "([^"]*)" in version "([^"/]*)\//;

/**
 * Why `kubectl apply --server-side --dry-run=server` refuses a directory, or nothing when it accepts it. Namespaces and the
 * directory's own definitions are not there yet in a dry run, so that objects in them are accepted.
 */
export async function refusedByKubectl(
  cluster: TestCluster,
  directory: string,
  namespace: string,
  objects: readonly KubeObject[],
): Promise<string | undefined> {
  // The default namespace of the kubeconfig: `-n` would refuse objects of another namespace.
  await cluster.kubectl('config', 'set-context', '--current', `--namespace=${namespace}`);
  const stderr = await cluster
    .kubectl('apply', '--server-side', '--force-conflicts', '--dry-run=server', '-o', 'name', '-R', '-f', directory)
    .then(
      () => '',
      (error: { readonly stderr?: string }) => error.stderr ?? '',
    );
  const defined = new Set(
    objects.flatMap(({ kind, spec }) => {
      if (kind !== 'CustomResourceDefinition') return [];
      const [name, group] = [textAt(fieldsAt(spec, 'names'), 'kind'), textAt(spec, 'group')];
      return listAt(spec, 'versions').map(() => `${name}.${group}`);
    }),
  );
  const lines = stderr.split('\n').filter((line) => {
    const [, kind, group] = KIND_MISSING.exec(line) ?? [];
    const known = kind !== undefined && defined.has(`${kind}.${group}`);
    return line !== '' && !/^(Warning: |ensure CRDs)/.test(line) && !NAMESPACE_MISSING.test(line) && !known;
  });
  const [first] = lines;
  if (first === undefined) return undefined;
  return KIND_MISSING.test(first) ? 'a kind that is not served' : (first.split(': ').slice(-2).join(': ').slice(0, 160) ?? first);
}
