import type { Problem } from '../errors/problem';
import type { KubeObject } from '../kube/object';
import { parseDocument, type SourceDocument } from './document';
import { MOST_FAULTS, objectsIn } from './objects';

/** The objects of a document, and its problems. */
export interface DocumentObjects {
  readonly objects: readonly KubeObject[];
  /** Parts that cannot be read, or are not objects. */
  readonly problems: readonly Problem[];
  /** Probable mistakes that kubectl accepts. */
  readonly warnings: readonly Problem[];
}

/** Reads the objects of a document. Problems name file, line and path, but quote no value, which may be a Secret's. */
export async function objectsOf(document: SourceDocument): Promise<DocumentObjects> {
  const { values, faults } = await parseDocument(document);
  const problems: Problem[] = [];
  const warnings: Problem[] = [];
  for (const { line, path, message, warning } of faults) {
    const problem = { subject: `${document.file}:${line}`, message, ...(path === '' ? {} : { path }) };
    if (warning) warnings.push({ ...problem, code: 'MANIFEST_KEY_TWICE', remedy: 'Remove one of them.' });
    else problems.push({ ...problem, code: 'MANIFEST_UNREADABLE', remedy: 'Correct the file.' });
  }
  if (problems.length > 0) return { objects: [], problems, warnings };
  const objects: KubeObject[] = [];
  const line = firstLine(document);
  for (const value of values) {
    const found = objectsIn(value);
    for (const object of found.objects) objects.push(object);
    for (const { path, message, expected } of found.faults) {
      problems.push({
        ...{ code: 'MANIFEST_INVALID', subject: `${document.file}:${line}`, message },
        ...(path === '' ? {} : { path }),
        ...(expected === undefined ? {} : { expected }),
        remedy: 'Correct the document, or keep it elsewhere.',
      });
    }
    if (problems.length >= MOST_FAULTS) break;
  }
  return { objects, problems, warnings };
}

/** The first line of a document with content. */
function firstLine({ text, line }: SourceDocument): number {
  const lines = text.split('\n');
  return (
    line +
    Math.max(
      0,
      lines.findIndex((one) => /^\s*[^\s#]/.test(one)),
    )
  );
}
