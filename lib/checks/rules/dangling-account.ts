import { nearestName } from '../../errors/nearest';
import { textAt } from '../../kube/fields';
import { isExternal } from '../context';
import { namespaceOf } from '../inventory';
import { type Found, rule } from '../rule';

/** A ServiceAccount that pods name and nobody makes: no pod is created. */
export const danglingAccount = rule(
  'DANGLING_ACCOUNT',
  'error',
  'Correct the name, or add the ServiceAccount.',
  (all, context) =>
    all.workloads.flatMap(({ object, namespace, spec, path }): readonly Found[] => {
      const name = textAt(spec, 'serviceAccountName') ?? textAt(spec, 'serviceAccount') ?? 'default';
      if (name === 'default' || isExternal(context, `ServiceAccount/${name}`)) return [];
      const there = all.namesOf('ServiceAccount', namespace);
      if (there.includes(name)) return [];
      const nearest = nearestName(name, there);
      return [
        { object, path: `${path}.serviceAccountName`, message: 'there is no ServiceAccount of that name', got: name, nearest },
      ];
    }),
  'kube-linter:non-existent-service-account',
);

/** A ServiceAccount that is made and that no pod and no binding names. */
export const unusedAccount = rule('UNUSED_ACCOUNT', 'warning', 'Have the pods name it, or remove it.', (all) => {
  const bound = ['RoleBinding', 'ClusterRoleBinding']
    .flatMap((kind) => all.ofKind(kind))
    .map((object) => JSON.stringify(object.subjects ?? []));
  return all.ofKind('ServiceAccount').flatMap((object): readonly Found[] => {
    const { name } = object.metadata;
    const mine = all.workloads.filter(({ namespace }) => namespace === namespaceOf(object));
    const used = mine.some(({ spec }) => (spec.serviceAccountName ?? spec.serviceAccount) === name);
    if (used || mine.length === 0 || name === 'default' || bound.some((text) => text.includes(JSON.stringify(name)))) return [];
    return [{ object, message: 'no pod runs as this account' }];
  });
});
