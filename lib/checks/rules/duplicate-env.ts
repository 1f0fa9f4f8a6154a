import { textAt } from '../../kube/fields';
import { itemsAt } from '../inventory/inventory';
import { type Found, rule } from '../model/rule';

/** A variable set twice in one container: only the last value applies. */
export const duplicateEnv = rule(
  'DUPLICATE_ENV',
  'error',
  'Keep one of them.',
  ({ workloads }) =>
    workloads.flatMap(({ object, containers }) =>
      containers.flatMap(({ fields, path }) => {
        const seen = new Set<string>();
        return itemsAt(fields, 'env').flatMap((variable): readonly Found[] => {
          const name = textAt(variable, 'name') ?? '';
          const twice = seen.has(name);
          seen.add(name);
          return twice ? [{ object, path: `${path}.env[name=${name}]`, message: 'the variable is defined twice' }] : [];
        });
      }),
    ),
  'kube-linter:duplicate-env-var kube-score:environment-variable-key-duplication',
);
