import { textAt } from '../../kube/fields';
import { parseImage } from '../../kube/image';
import { itemsAt } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

/**
 * Programs, by image name, that read a variable which Kubernetes sets for a Service with a certain name.
 * A Service named like a program without such a variable is harmless.
 */
const PROGRAMS: Readonly<Record<string, readonly string[]>> = {
  vllm: ['VLLM_PORT'],
  mlflow: ['MLFLOW_PORT'],
  bentoml: ['BENTOML_PORT'],
  spark: ['SPARK_MASTER_PORT', 'SPARK_WORKER_PORT'],
  jupyter: ['JUPYTER_PORT'],
};

/**
 * A Service named like the program: Kubernetes sets `VLLM_PORT=tcp://10.0.0.1:80` in its environment, and the program reads that
 * as its own setting.
 */
export const serviceLinks = rule('SERVICE_LINKS', 'error', 'Set enableServiceLinks: false, or rename the Service.', (all) =>
  all.workloads.flatMap(({ object, namespace, spec, containers }) => {
    if (spec.enableServiceLinks === false) return [];
    return containers.flatMap(({ fields, path }): readonly Found[] => {
      const image = textAt(fields, 'image') ?? '';
      const words = parseImage(image).repository.split(/[/_-]/);
      const own = new Set(itemsAt(fields, 'env').map(({ name }) => name));
      const variables = words.flatMap((word) => PROGRAMS[word] ?? []).filter((variable) => !own.has(variable));
      return variables.flatMap((variable): readonly Found[] => {
        const service = variable
          .replace(/_PORT$/, '')
          .toLowerCase()
          .replaceAll('_', '-');
        if (!all.has('Service', namespace, service)) return [];
        return say(object, path, `Service/${service} sets ${variable}, which the program reads as its own setting`, {
          got: image,
        });
      });
    });
  }),
);
