/** The API server quotes what it does not like. For a Secret this takes its values, plain and in base64, out of the quote. */
export function redactor(kind: string, body: unknown): ((text: string) => string) | undefined {
  if (kind !== 'Secret' || typeof body !== 'object' || body === null) return undefined;
  const parts = [...('data' in body ? [body.data] : []), ...('stringData' in body ? [body.stringData] : [])];
  const values = new Set<string>();
  for (const value of parts.flatMap((part) => (typeof part === 'object' && part !== null ? Object.values(part) : []))) {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    for (const form of [text, Buffer.from(text, 'base64').toString('utf8'), Buffer.from(text).toString('base64')]) {
      values.add(form).add(JSON.stringify(form).slice(1, -1));
    }
  }
  values.delete('');
  const longestFirst = [...values].sort((a, b) => b.length - a.length);
  return (text) => longestFirst.reduce((masked, value) => masked.replaceAll(value, '***'), text);
}
