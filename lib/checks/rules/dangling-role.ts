import { editDistance, nearestName } from '../../errors/nearest';
import { fieldsAt, textAt } from '../../kube/fields';
import { type Inventory, itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';
import { namespacesWith } from './dangling-account';

/** A binding for a ServiceAccount that does not exist: the intended subject gets no permissions. */
export const danglingSubject = rule('DANGLING_SUBJECT', 'warning', 'Correct name and namespace of the account.', (all) => [
  ...withoutToken(all),
  ...['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
    all.ofKind(kind).flatMap((object) =>
      itemsAt(object, 'subjects').flatMap((subject, index): readonly Found[] => {
        if (subject.kind !== 'ServiceAccount' || subject.name === 'default') return [];
        const namespace = textAt(subject, 'namespace') ?? namespaceOf(object);
        const there = all.namesOf('ServiceAccount', namespace);
        const name = String(subject.name);
        if (all.has('ServiceAccount', namespace, name)) return [];
        const elsewhere = namespacesWith(all, 'ServiceAccount', name);
        // Charts name the ServiceAccount in several namespaces at once.
        const named = itemsAt(object, 'subjects').some((one) => one.name === name && one.namespace === elsewhere[0]);
        if (elsewhere.length === 1 && elsewhere[0] !== '' && !named) {
          const message = 'the ServiceAccount of that name is in another namespace';
          const place = { got: `${namespace}/${name}`, expected: `${elsewhere[0]}/${name}`, severity: 'error' as const };
          return say(object, `subjects[${index}].namespace`, message, place);
        }
        if (there.length === 0 && namespace !== namespaceOf(object)) return [];
        return say(object, `subjects[${index}]`, 'there is no such ServiceAccount', {
          got: `${namespace}/${name}`,
          nearest: nearestName(name, there),
        });
      }),
    ),
  ),
]);

/** Pods of an account with rights, which get no token to use them. */
function withoutToken(all: Inventory): readonly Found[] {
  const bound = new Set(
    ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
      all
        .ofKind(kind)
        .flatMap((object) =>
          itemsAt(object, 'subjects').flatMap(({ kind: of, name, namespace = namespaceOf(object) }) =>
            of === 'ServiceAccount' ? [`${namespace}/${name}`] : [],
          ),
        ),
    ),
  );
  return all.workloads.flatMap(({ object, namespace, spec, path }): readonly Found[] => {
    const name = textAt(spec, 'serviceAccountName') ?? 'default';
    const account = all.find('ServiceAccount', namespace, name);
    const mounted = spec.automountServiceAccountToken ?? account?.automountServiceAccountToken;
    const projected = itemsAt(spec, 'volumes').some((volume) =>
      itemsAt(volume, 'projected', 'sources').some((source) => source.serviceAccountToken !== undefined),
    );
    if (mounted !== false || projected || account === undefined || !bound.has(`${namespace}/${name}`)) return [];
    const message = 'a binding gives its account rights, and its pods get no token to use them';
    return [
      {
        object,
        path: `${path}.automountServiceAccountToken`,
        message,
        got: false,
        expected: 'true',
        remedy: 'Mount the token, or remove the binding.',
      },
    ];
  });
}

/** A binding to a Role that does not exist. */
export const danglingRole = rule('DANGLING_ROLE', 'warning', 'Correct the name, or add the Role.', (all) => [
  ...clusterRoles(all),
  ...all.ofKind('RoleBinding').flatMap((object): readonly Found[] => {
    const { kind, name } = fieldsAt(object, 'roleRef');
    const namespace = namespaceOf(object);
    if (kind !== 'Role' || namespace === 'kube-system' || all.has('Role', namespace, String(name))) return [];
    const there = all.namesOf('Role', namespace);
    const elsewhere = namespacesWith(all, 'Role', String(name))[0];
    if (elsewhere !== undefined && elsewhere !== '') {
      const message = `the Role is in namespace ${elsewhere} only, and a binding gives the Roles of its own`;
      return [
        { object, path: 'roleRef', message, got: `${namespace}/${name}`, expected: `${elsewhere}/${name}`, severity: 'error' },
      ];
    }
    return [{ object, path: 'roleRef', message: 'there is no such Role', got: name, nearest: nearestName(String(name), there) }];
  }),
]);

/** A ClusterRole may exist in the cluster; one that is almost spelled like one in the directory is a typo. */
function clusterRoles(all: Inventory): readonly Found[] {
  const there = all.ofKind('ClusterRole').map(({ metadata }) => metadata.name);
  if (there.length === 0) return [];
  return ['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
    all.ofKind(kind).flatMap((object): readonly Found[] => {
      const { kind: wanted, name } = fieldsAt(object, 'roleRef');
      if (wanted !== 'ClusterRole' || typeof name !== 'string' || there.includes(name)) return [];
      const nearest = nearestName(name, there);
      if (nearest === undefined || Math.abs(nearest.length - name.length) > 2 || editDistance(name, nearest, 4) > 2) return [];
      return [{ object, path: 'roleRef.name', message: 'there is no such ClusterRole', got: name, nearest }];
    }),
  );
}

/** Unrestricted permissions. */
export const wildcardRights = rule(
  'WILDCARD_RIGHTS',
  'warning',
  'List verbs and resources.',
  (all) => [
    ...['Role', 'ClusterRole'].flatMap((kind) =>
      all.ofKind(kind).flatMap((object) =>
        itemsAt(object, 'rules').flatMap((one, index): readonly Found[] => {
          const star = (field: string) => Array.isArray(one[field]) && one[field].includes('*');
          // All metrics of one API group are not full permissions.
          if (!star('verbs') && !(star('resources') && (star('apiGroups') || JSON.stringify(one.apiGroups) === '[""]')))
            return [];
          return [{ object, path: `rules[${index}]`, message: 'the rule grants every permission', got: one }];
        }),
      ),
    ),
    ...['RoleBinding', 'ClusterRoleBinding'].flatMap((kind) =>
      all
        .ofKind(kind)
        .flatMap((object): readonly Found[] =>
          textAt(object, 'roleRef', 'name') === 'cluster-admin'
            ? [{ object, path: 'roleRef', message: 'the binding grants cluster-admin' }]
            : [],
        ),
    ),
  ],
  'kube-linter:wildcard-in-rules checkov:CKV_K8S_49',
);
