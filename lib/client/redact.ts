/** The API server quotes what it does not like. For a Secret this takes its values, plain and in base64, out of the quote. */
export function redactor(kind: string, body: unknown): ((text: string) => string) | undefined {
  if (kind !== 'Secret' || typeof body !== 'object' || body === null) return undefined;
  const values = new Set<string>();
  for (const value of valuesOf(body)) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    for (const form of [text, Buffer.from(text, 'base64').toString('utf8'), Buffer.from(text).toString('base64')]) {
      values.add(form).add(JSON.stringify(form).slice(1, -1));
    }
  }
  values.delete('');
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}

/** Fields of a Secret that hold none of it. Everything else is masked, also what stands in a field that no Secret has. */
const OPEN = ['apiVersion', 'kind', 'type', 'metadata'];

/** Every value of a Secret, however deep it stands; of the metadata those of annotations, where kubectl keeps a copy of the object. */
function valuesOf(body: object): readonly unknown[] {
  const metadata = 'metadata' in body && typeof body.metadata === 'object' ? body.metadata : null;
  const annotations = metadata !== null && 'annotations' in metadata ? leavesOf(metadata.annotations) : [];
  const hidden = Object.entries(body).filter(([field]) => !OPEN.includes(field));
  return [...hidden.flatMap(([, value]) => leavesOf(value)), ...annotations.filter((value) => String(value).length > 16)];
}

function leavesOf(value: unknown): readonly unknown[] {
  if (typeof value !== 'object' || value === null)
    return value === null || value === undefined || typeof value === 'boolean' ? [] : [value];
  return Object.values(value).flatMap(leavesOf);
}
