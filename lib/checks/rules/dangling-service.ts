import { nearestName } from '../../errors/nearest';
import { fieldsAt, textAt } from '../../kube/fields';
import { namespaceOf } from '../inventory';
import { type Found, rule } from '../rule';

/** A Service whose selector finds no pods. */
export const danglingService = rule(
  'DANGLING_SERVICE',
  'error',
  'Select by labels that the pods have.',
  (all) =>
    all.ofKind('Service').flatMap((object): readonly Found[] => {
      const selector = fieldsAt(object, 'spec', 'selector');
      const namespace = namespaceOf(object);
      if (textAt(object, 'spec', 'type') === 'ExternalName' || Object.keys(selector).length === 0) return [];
      if (all.selected(namespace, { matchLabels: selector }).length > 0) return [];
      const labels = all.podLabels(namespace);
      const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const nearest = wanted.filter((one) => !labels.includes(one)).flatMap((one) => nearestName(one, labels) ?? [])[0];
      // An operator may make the pods; then nobody can tell from here.
      const severity = all.hasCustom(namespace) || all.workloadsIn(namespace).length === 0 ? 'warning' : 'error';
      return [{ object, path: 'spec.selector', message: 'the selector finds no pods', got: wanted.join(','), nearest, severity }];
    }),
  'kube-linter:dangling-service kube-score:service-targets-pod',
);
