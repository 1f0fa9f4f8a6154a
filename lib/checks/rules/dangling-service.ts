import { nearestName } from '../../errors/nearest';
import { fieldsAt, textAt } from '../../kube/fields';
import { displayName } from '../../kube/object';
import { type Inventory, namespaceOf } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';
import { hasEndpoints, isWithoutSelector } from './dangling-endpoints';

/** A Service with a selector that matches no pods. */
export const danglingService = rule(
  'DANGLING_SERVICE',
  'error',
  'Select by labels that the pods have.',
  (all, context) =>
    all.ofKind('Service').flatMap((object): readonly Found[] => {
      const selector = fieldsAt(object, 'spec', 'selector');
      const namespace = namespaceOf(object);
      if (isWithoutSelector(object)) return withoutEndpoints(all, object);
      if (textAt(object, 'spec', 'type') === 'ExternalName') return [];
      if (all.selected(namespace, { matchLabels: selector }).length > 0) return [];
      const labels = all.podLabels(namespace);
      const wanted = Object.entries(selector).map(([key, value]) => `${key}=${value}`);
      const nearest = wanted.filter((one) => !labels.includes(one)).flatMap((one) => nearestName(one, labels) ?? [])[0];
      // An operator or another release may create the pods: then only a near miss is reported.
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

/** A Service without a selector, next to pods with its name or labels: the selector was forgotten. */
function withoutEndpoints(all: Inventory, object: Found['object']): readonly Found[] {
  const [namespace, { name, labels = {} }] = [namespaceOf(object), object.metadata];
  if (hasEndpoints(all, object)) return [];
  const meant = ['Deployment', 'StatefulSet', 'DaemonSet'].flatMap((kind) => all.workload(kind, namespace, name) ?? []);
  const alike = Object.keys(labels).length === 0 ? [] : all.selected(namespace, { matchLabels: labels });
  const [workload] = [...meant, ...alike.filter(({ serves }) => serves)];
  if (workload === undefined) return [];
  const message = `it has no selector and no EndpointSlice, beside ${displayName(workload.object)}`;
  return [{ object, path: 'spec.selector', message, severity: 'warning', expected: 'spec.selector, or an EndpointSlice' }];
}
