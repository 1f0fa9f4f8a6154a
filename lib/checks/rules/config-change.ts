import { fieldsAt } from '../../kube/fields';
import { readAtStart } from '../../kube/references';
import { type Found, type Rule, rule } from '../model/rule';

const ROLLING = new Set(['Deployment', 'StatefulSet', 'DaemonSet']);
/** Annotations with which a pod template changes with its configuration, or a controller restarts the pods. */
const NOTICES = /checksum|hash|sha(?:1|256)|config-version|reloader|keel|configmap|revision/i;
/** The suffix of kustomize and of content-addressed names. */
const HASHED = /-(?=[a-z0-9]*\d)[a-z0-9]{8,12}$/;

/** A ConfigMap that pods read once: a release that changes it restarts nothing, and the old values stay in use. */
export const configNotNoticed: Rule = rule(
  'CONFIG_NOT_NOTICED',
  'warning',
  'Put a checksum of the ConfigMap into an annotation of the pod template, or its hash into its name.',
  (all) =>
    all.workloads.flatMap((workload): readonly Found[] => {
      const { object, annotations, namespace, path } = workload;
      const notes = [...Object.keys(annotations), ...Object.keys(fieldsAt(object, 'metadata', 'annotations'))];
      if (!ROLLING.has(object.kind) || notes.some((key) => NOTICES.test(key))) return [];
      const read = [...readAtStart(workload.spec)].flatMap((one) => one.match(/^ConfigMap\/(.+)$/)?.[1] ?? []);
      const got = read.filter((name) => {
        const map = HASHED.test(name) ? undefined : all.find('ConfigMap', namespace, name);
        return map !== undefined && map.immutable !== true && Object.keys(fieldsAt(map, 'data')).length > 0;
      });
      if (got.length === 0) return [];
      const message = 'its pods read the ConfigMap at their start, and nothing restarts them when it changes';
      return [
        {
          object,
          path: path.replace(/spec$/, 'metadata.annotations'),
          message,
          got: got.join(', '),
          expected: 'an annotation such as checksum/config',
        },
      ];
    }),
);
