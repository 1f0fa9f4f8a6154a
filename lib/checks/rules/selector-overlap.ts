import { at } from '../../kube/fields';
import { displayName } from '../../kube/object';
import { matchesSelector } from '../../kube/selector';
import { type Found, rule } from '../rule';

/** Two controllers that claim each other's pods. */
export const selectorOverlap = rule(
  'SELECTOR_OVERLAP',
  'error',
  'Give each workload a label of its own, and select by it.',
  ({ workloads }) => {
    const owners = workloads.filter(({ object, serves }) => serves && object.kind !== 'Pod');
    return owners.flatMap((one): readonly Found[] => {
      const selector = at(one.object, 'spec', 'selector');
      const other = owners.find(
        (candidate) => candidate !== one && candidate.namespace === one.namespace && matchesSelector(candidate.labels, selector),
      );
      // Pods of identical identity are the business of duplicate-object.
      if (other === undefined || displayName(other.object) === displayName(one.object)) return [];
      return [{ object: one.object, path: 'spec.selector', message: `it selects the pods of ${displayName(other.object)} too` }];
    });
  },
);
