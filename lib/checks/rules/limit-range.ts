import { at, fieldsAt } from '../../kube/fields';
import { parseQuantity } from '../../kube/quantity';
import { itemsAt, namespaceOf } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

/** A container outside the LimitRange of its namespace: admission refuses each of its pods, not the workload. */
export const limitExceeded: Rule = rule('LIMIT_EXCEEDED', 'error', 'Ask for less, or change the LimitRange.', (all) =>
  all.ofKind('LimitRange').flatMap((range) =>
    itemsAt(range, 'spec', 'limits')
      .filter(({ type }) => type === 'Container')
      .flatMap((limit) =>
        all.workloadsIn(namespaceOf(range)).flatMap(({ object, containers }) =>
          containers.flatMap(({ fields, path }): readonly Found[] => {
            const bound = (kind: 'max' | 'min') => Object.entries(fieldsAt(limit, kind));
            const amount = (value: unknown) => parseQuantity(String(value ?? ''));
            const found = (
              resource: string,
              where: string,
              wrong: (got: number, border: number) => boolean,
              border: unknown,
              word: string,
            ): readonly Found[] => {
              const got = at(fields, 'resources', where, resource);
              const [have, allowed] = [amount(got), amount(border)];
              if (got === undefined || have === undefined || allowed === undefined || !wrong(have, allowed)) return [];
              return [
                {
                  object,
                  path: `${path}.resources.${where}.${resource}`,
                  message: `LimitRange/${range.metadata.name} does not allow it`,
                  got,
                  expected: `${word} ${border}`,
                },
              ];
            };
            return [
              ...bound('max').flatMap(([resource, border]) => {
                const above = found(resource, 'limits', (have, allowed) => have > allowed, border, 'at most');
                return above.length > 0
                  ? above
                  : found(resource, 'requests', (have, allowed) => have > allowed, border, 'at most');
              }),
              ...bound('min').flatMap(([resource, border]) =>
                found(resource, 'requests', (have, allowed) => have < allowed, border, 'at least'),
              ),
            ];
          }),
        ),
      ),
  ),
);
