import { textAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { itemsAt } from '../inventory/inventory';
import { type Found, rule } from '../model/rule';

/** Two Ingresses of one class with the same host and path. */
export const ingressCollision = rule(
  'INGRESS_COLLISION',
  'error',
  'Let one of them go, or give it another host or path.',
  (all) => {
    const seen = new Map<string, KubeObject>();
    // A canary of ingress-nginx shares host and path with its stable Ingress on purpose.
    const canary = (one: KubeObject) => one.metadata.annotations?.['nginx.ingress.kubernetes.io/canary'] === 'true';
    return all
      .ofKind('Ingress')
      .filter((one) => !canary(one))
      .flatMap((object) =>
        itemsAt(object, 'spec', 'rules').flatMap((one) =>
          itemsAt(one, 'http', 'paths').flatMap((path): readonly Found[] => {
            const parts = [
              textAt(object, 'spec', 'ingressClassName'),
              textAt(one, 'host'),
              textAt(path, 'path'),
              textAt(path, 'pathType'),
            ];
            const key = parts.join(' ');
            const first = seen.get(key);
            seen.set(key, first ?? object);
            if (first === undefined) return [];
            const got = `${textAt(one, 'host') ?? '*'}${textAt(path, 'path') ?? ''}`;
            return [{ object, path: 'spec.rules', message: `${displayName(first)} answers for that host and path already`, got }];
          }),
        ),
      );
  },
);
