import { nearestName } from '../../errors/nearest';
import { textAt } from '../../kube/fields';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
import { madeByOthers } from '../inventory/providers';
import { isExternal, ownSeverity } from '../model/context';
import { type Found, rule } from '../model/rule';

/** A ServiceAccount that pods reference and that does not exist: no pod is created. */
export const danglingAccount = rule(
  'DANGLING_ACCOUNT',
  'error',
  'Correct the name, or add the ServiceAccount.',
  (all, context) =>
    all.workloads.flatMap(({ object, namespace, spec, path }): readonly Found[] => {
      const name = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount') ?? 'default';
      if (name === 'default' || isExternal(context, `ServiceAccount/${name}`)) return [];
      if (all.has('ServiceAccount', namespace, name)) return [];
      const there = all.namesOf('ServiceAccount', namespace);
      const where = { object, path: `${path}.serviceAccountName`, got: name };
      const elsewhere = namespacesWith(all, 'ServiceAccount', name)[0];
      if (elsewhere !== undefined && elsewhere !== '') {
        const message = `there is a ServiceAccount of that name in namespace ${elsewhere} only, and pods use those of their own`;
        return [{ ...where, message, expected: `a ServiceAccount in ${namespace === '' ? 'the same namespace' : namespace}` }];
      }
      const nearest = nearestName(name, there);
      // A directory without any ServiceAccount relies on existing ones.
      const severity = there.length === 0 ? ownSeverity(context, object) : 'error';
      return [{ ...where, message: 'there is no ServiceAccount of that name', nearest, severity }];
    }),
  'kube-linter:non-existent-service-account',
);

/** A ServiceAccount that no pod and no binding references. */
export const unusedAccount = rule('UNUSED_ACCOUNT', 'warning', 'Have the pods name it, or remove it.', (all) => {
  const bindings = ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) => all.ofKind(kind));
  const bound = new Set(bindings.flatMap((object) => itemsAt(object, 'subjects').map(({ name }) => name)));
  const running = new Set(
    all.workloads.map(({ namespace, spec }) => `${namespace} ${spec.serviceAccountName ?? spec.serviceAccount}`),
  );
  return all.ofKind('ServiceAccount').flatMap((object): readonly Found[] => {
    const { name } = object.metadata;
    const namespace = namespaceOf(object);
    const used = running.has(`${namespace} ${name}`) || all.workloadsIn(namespace).length === 0;
    if (used || name === 'default' || bound.has(name) || madeByOthers(all).has(name)) return [];
    return [{ object, message: 'no pod runs as this account' }];
  });
});

/** Namespaces with an object of a kind and name. */
export function namespacesWith(all: Inventory, kind: string, wanted: string): readonly string[] {
  return all.ofKind(kind).flatMap((object) => (object.metadata.name === wanted ? namespaceOf(object) : []));
}
