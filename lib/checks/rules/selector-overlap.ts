import { at } from '../../kube/fields';
import { displayName } from '../../kube/object';
import type { Workload } from '../inventory/inventory';
import { type Found, rule } from '../model/rule';

/** A ReplicationController selects by plain labels, which default to those of its pods. */
function ownSelector({ object, labels }: Workload): unknown {
  const selector = at(object, 'spec', 'selector');
  return object.kind === 'ReplicationController' ? { matchLabels: selector ?? labels } : selector;
}

/** Two controllers that select each other's pods. */
export const selectorOverlap = rule(
  'SELECTOR_OVERLAP',
  'error',
  'Give each workload a label of its own, and select by it.',
  (all) => {
    const owns = ({ object, serves }: Workload) => serves && object.kind !== 'Pod';
    return all.workloads.filter(owns).flatMap((one): readonly Found[] => {
      const selector = ownSelector(one);
      // Controllers of custom kinds identify their pods without a selector.
      if (selector === undefined) return [];
      const other = all.selected(one.namespace, selector).find((candidate) => candidate !== one && owns(candidate));
      // The rule duplicate-object reports objects with the same identity.
      if (other === undefined || displayName(other.object) === displayName(one.object)) return [];
      return [{ object: one.object, path: 'spec.selector', message: `it selects the pods of ${displayName(other.object)} too` }];
    });
  },
);
