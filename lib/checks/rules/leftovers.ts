import { fieldsAt } from '../../kube/fields';
import { isNamedBuiltIn } from '../../kube/kinds';
import { type Found, type Rule, rule } from '../model/rule';

const FAILED = /<no value>|%!s\(/;
/** Templates of Helm; annotations contain those of other programs. */
const HELM = /\{\{-? *(?:include |toYaml |\.Values\.|\.Release\.|\.Chart\.)/;
const LEFT = /\{\{[^}]*\}\}|<no value>|%!s\(|\$\{[A-Z_]+\}(?=[/:"]|$)/;

/** Text left behind by a template engine. */
export const templateLeft: Rule = rule('TEMPLATE_LEFT', 'error', 'Render the manifests with all values set.', ({ objects }) =>
  objects.flatMap((object) => {
    // Configuration files contain templates of other programs, and scripts contain shell variables.
    if (object.kind === 'ConfigMap' || object.kind === 'CustomResourceDefinition' || object.kind === 'PrometheusRule') return [];
    // Controllers render templates in their custom resources; the output of a failed template is never valid.
    const left = isNamedBuiltIn(object) ? LEFT : FAILED;
    if (!left.test(JSON.stringify(object))) return [];
    return leftIn(object, '', left).map(([path, got]): Found => ({ object, path, message: 'a template was not rendered', got }));
  }),
);

function leftIn(value: unknown, path: string, left: RegExp): readonly (readonly [string, string])[] {
  if (typeof value === 'string') return left.test(value) && !/\.(command|args)\[/.test(path) ? [[path, value]] : [];
  if (Array.isArray(value)) return value.flatMap((item, index) => leftIn(item, `${path}[${index}]`, left));
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, child]) =>
    key === 'annotations'
      ? leftIn(child, path === '' ? key : `${path}.${key}`, HELM)
      : leftIn(child, path === '' ? key : `${path}.${key}`, left),
  );
}

const LIMIT = 1024 * 1024;

/** More data than etcd accepts. */
export const dataTooLarge: Rule = rule('DATA_TOO_LARGE', 'error', 'Put it on a volume, or have it downloaded.', (all) =>
  ['ConfigMap', 'Secret'].flatMap((kind) =>
    all.ofKind(kind).flatMap((object): readonly Found[] => {
      const plain = Object.values({ ...fieldsAt(object, 'data'), ...fieldsAt(object, 'stringData') });
      const bytes = (text: unknown) => Buffer.byteLength(String(text));
      const encoded = kind === 'Secret' ? Object.values(fieldsAt(object, 'data')) : Object.values(fieldsAt(object, 'binaryData'));
      const size =
        plain.reduce<number>((sum, text) => sum + bytes(text), 0) +
        encoded.reduce<number>((sum, text) => sum + bytes(text) * 0.75, 0);
      return size <= LIMIT
        ? []
        : [
            {
              object,
              path: 'data',
              message: 'it does not fit into an object',
              got: `${Math.floor(size)} bytes`,
              expected: `at most ${LIMIT}`,
            },
          ];
    }),
  ),
);
