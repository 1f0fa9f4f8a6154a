import { textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';
import { itemsAt } from '../inventory';
import { type Found, rule, say } from '../rule';

/**
 * A Service called like the program: Kubernetes puts `VLLM_PORT=tcp://10.0.0.1:80` into its environment, and the program reads that as
 * its own setting.
 */
export const serviceLinks = rule('SERVICE_LINKS', 'error', 'Set enableServiceLinks: false, or rename the Service.', (all) =>
  all.workloads.flatMap(({ object, namespace, spec, containers }) => {
    if (spec.enableServiceLinks === false) return [];
    const services = all.namesOf('Service', namespace);
    return containers.flatMap(({ fields, path }): readonly Found[] => {
      const words = parseImage(textAt(fields, 'image') ?? '').repository.split(/[/_-]/);
      const service = services.find((name) => words.includes(name) || words.includes(name.split('-')[0] ?? ''));
      if (service === undefined) return [];
      const variable = `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
      if (itemsAt(fields, 'env').some(({ name }) => name === variable) || service.includes('-')) return [];
      return say(object, path, `Service/${service} gives it a variable ${variable} that it did not ask for`, {
        got: textAt(fields, 'image'),
      });
    });
  }),
);
