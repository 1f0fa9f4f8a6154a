import { type Fields, isFields } from '../kube/fields';
import { leavesOf, secretValuesOf } from '../kube/hidden-values';
import { maskOf } from '../kube/value-mask';

/** The API server quotes rejected values. This removes an object's secret values, plain and in base64, from its messages. */
export function redactor(kind: string, body: unknown): ((text: string) => string) | undefined {
  if (!isFields(body)) return undefined;
  return maskOf(kind === 'Secret' ? valuesOf(body) : secretValuesOf({ kind, ...body }));
}

/** Every value of a Secret, at any depth; of the metadata only annotations, where kubectl keeps a copy of the object. */
function valuesOf(body: Fields): readonly unknown[] {
  const annotations = isFields(body.metadata) ? leavesOf(body.metadata.annotations) : [];
  return [...secretValuesOf({ ...body, kind: 'Secret' }), ...annotations.filter((value) => String(value).length > 16)];
}
