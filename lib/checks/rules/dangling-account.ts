import { nearestName } from '../../errors/nearest';
import { textAt } from '../../kube/fields';
import { itemsAt, namespaceOf } from '../inventory/inventory';
import { madeByOthers } from '../inventory/providers';
import { isExternal, ownSeverity } from '../model/context';
import { type Found, rule } from '../model/rule';

/** A ServiceAccount that pods name and that does not exist: no pod is created. */
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
      const nearest = nearestName(name, there);
      // A directory without ServiceAccounts of its own relies on those of others.
      const severity = there.length === 0 ? ownSeverity(context, object) : 'error';
      return [
        {
          object,
          path: `${path}.serviceAccountName`,
          message: 'there is no ServiceAccount of that name',
          got: name,
          nearest,
          severity,
        },
      ];
    }),
  'kube-linter:non-existent-service-account',
);

/** A ServiceAccount that is made and that no pod and no binding names. */
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
