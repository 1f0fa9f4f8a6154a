import { fieldsAt, textAt } from '../../kube/fields';
import { secretIn } from '../../kube/plain-secret';
import { itemsAt } from '../inventory/inventory';
import { type Found, rule, say } from '../model/rule';

/** A secret that every reader of the manifest can see: in the environment, in arguments, in a ConfigMap, in annotations. */
export const plainSecret = rule(
  'PLAIN_SECRET',
  'error',
  'Keep it in a Secret that is not in the manifests, and refer to that. Then change it: it has been seen.',
  (all) => [
    ...all.workloads.flatMap(({ object, containers, annotations }) => [
      ...containers.flatMap(({ fields, path }) => [
        ...itemsAt(fields, 'env').flatMap((one) => {
          const name = textAt(one, 'name') ?? '';
          return found(object, `${path}.env[name=${name}].value`, name, textAt(one, 'value') ?? '');
        }),
        ...(['command', 'args'] as const).flatMap((field) => {
          const list = fields[field];
          if (!Array.isArray(list)) return [];
          return list.flatMap((text, index) => {
            const [, flag, inline] = /^--?([\w.-]+)(?:=(.*))?$/.exec(String(text)) ?? [];
            const before = /^--?([\w.-]+)$/.exec(String(list[index - 1] ?? ''))?.[1];
            const where = `${path}.${field}[${index}]`;
            if (flag !== undefined) return found(object, where, flag, inline ?? '');
            return found(object, where, before ?? '', String(text));
          });
        }),
      ]),
      ...ofMap(object, 'pod annotations', annotations),
    ]),
    ...all.ofKind('ConfigMap').flatMap((object) => ofMap(object, 'data', fieldsAt(object, 'data'))),
    ...all.objects.flatMap((object) => ofMap(object, 'metadata.annotations', fieldsAt(object, 'metadata', 'annotations'), true)),
  ],
  'kube-linter:env-var-secret polaris:sensitiveContainerEnvVar polaris:sensitiveConfigmapContent trivy:KSV-0109',
);

function ofMap(
  object: Found['object'],
  path: string,
  map: Readonly<Record<string, unknown>>,
  valuesOnly = false,
): readonly Found[] {
  return Object.entries(map).flatMap(([key, value]) => found(object, `${path}.${key}`, valuesOnly ? '' : key, String(value)));
}

function found(object: Found['object'], path: string, name: string, value: string): readonly Found[] {
  const what = secretIn(name, value);
  // The value itself is never printed.
  return what === undefined
    ? []
    : [{ object, path, message: `it holds ${what} in plain text`, expected: 'a reference to a Secret' }];
}

/** Secrets in manifests end up in git, in build logs and in release records. */
export const secretInManifest = rule(
  'SECRET_IN_MANIFEST',
  'warning',
  'Make it in the cluster: by an operator, or by hand.',
  (all, { scope }) =>
    all.ofKind('Secret').flatMap((object): readonly Found[] => {
      const values = Object.entries({ ...fieldsAt(object, 'data'), ...fieldsAt(object, 'stringData') }).filter(
        ([, value]) => value !== '' && value !== null,
      );
      if (values.length === 0 || textAt(object, 'type') === 'kubernetes.io/service-account-token') return [];
      const severity = scope === 'stack' ? 'error' : 'warning';
      return say(object, 'data', 'the values of a Secret are in the manifests', { got: values.map(([key]) => key), severity });
    }),
);
