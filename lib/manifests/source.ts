import { digestOf } from '../release/json';
import type { SourceFile } from '../release/model/host';

/** One YAML document of a file. It is parsed only when nobody knows its digest: parsing costs more than a release that changes nothing. */
export interface SourceDocument {
  readonly file: string;
  readonly digest: string;
  /** The document's values; throws on bad syntax. Empty documents are nothing. */
  parse(): Promise<readonly unknown[]>;
}

/** Splits a file into its documents. */
export function documentsOf({ file, text }: SourceFile): readonly SourceDocument[] {
  // Directives and explicit ends are rare and change how markers read: such a file stays in one piece.
  const parts = /^(%|\.\.\.)/m.test(text) ? [text] : text.split(/^---(?=\s|$)/m);
  return parts
    .filter((part) => /^\s*[^\s#]/m.test(part))
    .map((part) => ({ file, digest: digestOf(part), parse: () => parse(part) }));
}

async function parse(text: string): Promise<readonly unknown[]> {
  if (text.trimStart().startsWith('{')) return [JSON.parse(text)];
  // Loading the parser alone takes as long as listing 500 objects.
  const { parseAllDocuments } = await import('yaml');
  return [...parseAllDocuments(text)].map((document) => {
    if (document.errors[0] !== undefined) throw document.errors[0];
    return document.toJS() as unknown;
  });
}
