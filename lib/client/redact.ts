import { type Fields, isFields } from '../kube/fields';
import { leavesOf, secretValuesOf } from '../kube/hidden-values';
import { maskOf } from '../kube/value-mask';

/** The API server quotes what it does not like. This takes the values that an object keeps secret, plain and in base64, out of the quote. */
export function redactor(kind: string, body: unknown): ((text: string) => string) | undefined {
  if (!isFields(body)) return undefined;
  return maskOf(kind === 'Secret' ? valuesOf(body) : secretValuesOf({ kind, ...body }));
}

/** Every value of a Secret, however deep it stands; of the metadata those of annotations, where kubectl keeps a copy of the object. */
function valuesOf(body: Fields): readonly unknown[] {
  const annotations = isFields(body.metadata) ? leavesOf(body.metadata.annotations) : [];
  return [...secretValuesOf({ ...body, kind: 'Secret' }), ...annotations.filter((value) => String(value).length > 16)];
}
