import { textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';
import { itemsAt } from '../inventory';
import { type Found, rule, say } from '../rule';

/**
 * A Service called like the program: Kubernetes puts `VLLM_PORT=tcp://10.0.0.1:80` into its environment, and the program reads that as
 * its own setting.
 */
export const serviceLinks = rule('SERVICE_LINKS', 'error', 'Set enableServiceLinks: false, or rename the Service.', (all) => {
  const byNamespace = new Map<string, ReadonlyMap<string, number>>();
  /** The position of the first Service of a namespace that is called by a word, or by a word and more behind a hyphen. */
  const positions = (namespace: string): ReadonlyMap<string, number> => {
    const found = byNamespace.get(namespace) ?? firstByWord(all.namesOf('Service', namespace));
    byNamespace.set(namespace, found);
    return found;
  };
  return all.workloads.flatMap(({ object, namespace, spec, containers }) => {
    if (spec.enableServiceLinks === false) return [];
    return containers.flatMap(({ fields, path }): readonly Found[] => {
      const words = parseImage(textAt(fields, 'image') ?? '').repository.split(/[/_-]/);
      const first = Math.min(...words.map((word) => positions(namespace).get(word) ?? Number.POSITIVE_INFINITY));
      const service = all.namesOf('Service', namespace)[first];
      if (service === undefined) return [];
      const variable = `${service.toUpperCase().replaceAll('-', '_')}_PORT`;
      if (itemsAt(fields, 'env').some(({ name }) => name === variable) || service.includes('-')) return [];
      return say(object, path, `Service/${service} gives it a variable ${variable} that it did not ask for`, {
        got: textAt(fields, 'image'),
      });
    });
  });
});

function firstByWord(names: readonly string[]): ReadonlyMap<string, number> {
  const index = new Map<string, number>();
  names.forEach((name, position) => {
    for (const word of [name, name.split('-')[0] ?? '']) if (!index.has(word)) index.set(word, position);
  });
  return index;
}
