import { nearestName } from '../../errors/nearest';
import { textAt } from '../../kube/fields';
import { namespaceOf } from '../inventory/inventory';
import { isExternal } from '../model/context';
import { type Found, rule, say } from '../model/rule';

/** A StatefulSet without the Service that gives its pods DNS names. */
export const statefulService = rule(
  'STATEFUL_SERVICE',
  'style',
  'Add a Service with clusterIP: None, and name it.',
  (all, context) =>
    all.ofKind('StatefulSet').flatMap((object): readonly Found[] => {
      const name = textAt(object, 'spec', 'serviceName');
      if (
        name === undefined ||
        name === '' ||
        all.has('Service', namespaceOf(object), name) ||
        isExternal(context, `Service/${name}`)
      )
        return [];
      return say(object, 'spec.serviceName', 'there is no Service of that name', {
        got: name,
        nearest: nearestName(name, all.namesOf('Service', namespaceOf(object))),
      });
    }),
  'kube-score:statefulset-has-servicename',
);
