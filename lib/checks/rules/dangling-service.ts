import { nearestName } from '../../errors/nearest';
import { fieldsAt, textAt } from '../../kube/fields';
import { namespaceOf } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

/** A Service whose selector finds no pods. */
export const danglingService = rule(
  'DANGLING_SERVICE',
  'error',
  'Select by labels that the pods have.',
  (all, context) =>
    all.ofKind('Service').flatMap((object): readonly Found[] => {
      const selector = fieldsAt(object, 'spec', 'selector');
      const namespace = namespaceOf(object);
      if (textAt(object, 'spec', 'type') === 'ExternalName' || Object.keys(selector).length === 0) return [];
      if (all.selected(namespace, { matchLabels: selector }).length > 0) return [];
      const labels = all.podLabels(namespace);
      const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const nearest = wanted.filter((one) => !labels.includes(one)).flatMap((one) => nearestName(one, labels) ?? [])[0];
      // An operator, or another release, may make the pods: then only a near miss tells.
      const elsewhere = all.hasCustom(namespace) || all.workloadsIn(namespace).length === 0;
      const other = all.namespaces.find((one) => all.selected(one, { matchLabels: selector }).length > 0);
      if (other !== undefined) {
        const message = `the selector finds pods of namespace ${other} only, and a Service selects in its own`;
        return say(object, 'metadata.namespace', message, {
          got: namespace,
          expected: other,
          severity: elsewhere ? 'warning' : 'error',
        });
      }
      if (elsewhere && nearest === undefined && context.scope !== 'stack') return [];
      const severity = elsewhere ? 'warning' : 'error';
      return [{ object, path: 'spec.selector', message: 'the selector finds no pods', got: wanted.join(','), nearest, severity }];
    }),
  'kube-linter:dangling-service kube-score:service-targets-pod',
);
