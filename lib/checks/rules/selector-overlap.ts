import { at } from '../../kube/fields';
import { displayName } from '../../kube/object';
import type { Workload } from '../inventory/inventory';
import { type Found, rule } from '../model/rule';

/** A ReplicationController selects by plain labels, by default those of its pods. */
function ownSelector({ object, labels }: Workload): unknown {
  const selector = at(object, 'spec', 'selector');
  return object.kind === 'ReplicationController' ? { matchLabels: selector ?? labels } : selector;
}

/** Two controllers that claim each other's pods. */
export const selectorOverlap = rule(
  'SELECTOR_OVERLAP',
  'error',
  'Give each workload a label of its own, and select by it.',
  (all) => {
    const owns = ({ object, serves }: Workload) => serves && object.kind !== 'Pod';
    return all.workloads.filter(owns).flatMap((one): readonly Found[] => {
      const selector = ownSelector(one);
      // Controllers of custom kinds know their pods without one.
      if (selector === undefined) return [];
      const other = all.selected(one.namespace, selector).find((candidate) => candidate !== one && owns(candidate));
      // Pods of identical identity are the business of duplicate-object.
      if (other === undefined || displayName(other.object) === displayName(one.object)) return [];
      return [{ object: one.object, path: 'spec.selector', message: `it selects the pods of ${displayName(other.object)} too` }];
    });
  },
);
