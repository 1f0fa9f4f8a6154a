import type { SourceFile } from './files';
import { readJson } from './json-stream';
import { lineAt } from './text';
import type { Fault } from './yaml-value';

/** One document of a file. */
export interface SourceDocument {
  readonly file: string;
  /** The document's text. */
  readonly text: string;
  /** Its first line in the file, from 1. */
  readonly line: number;
}

/** The parsed content of a document. */
export interface Parsed {
  readonly values: readonly unknown[];
  /** Faults with lines of the file instead of offsets. */
  readonly faults: readonly (Omit<Fault, 'at'> & { readonly line: number })[];
}

/** Splits a file at its `---` lines, as kubectl does before parsing. */
export function documentsOf({ file, text }: SourceFile): readonly SourceDocument[] {
  let line = 1;
  return text.split(/^(?=---)/m).flatMap((part) => {
    const at = line;
    line += (part.match(/\n/g) ?? []).length;
    const body = part.replace(/^---[ \t]*(#.*)?(\n|$)/, '\n').replace(/^\n?\ufeff/, '');
    return /^[ \t]*[^\s#]/m.test(body) ? [{ file, text: body, line: at }] : [];
  });
}

/** Parses a document: as JSON if possible, otherwise as YAML 1.1 like kubectl. */
export async function parseDocument(document: SourceDocument): Promise<Parsed> {
  const { text, line } = document;
  const json = /^\s*\{/.test(text) ? jsonValues(text) : undefined;
  const { values, faults } = json ?? (await yamlValue(text));
  return { values, faults: faults.map(({ at, ...fault }) => ({ ...fault, line: line + lineAt(text, at) - 1 })) };
}

interface Raw {
  readonly values: readonly unknown[];
  readonly faults: readonly Fault[];
}

/** Maximum number of faults reported for a JSON text. */
const MOST_FAULTS = 100;

/** One or more JSON texts; undefined for anything else, such as flow style. */
function jsonValues(text: string): Raw | undefined {
  const values: unknown[] = [];
  const faults: Fault[] = [];
  for (let at = nextText(text, 0); at < text.length; ) {
    const found = readJson(text, at);
    if (found === undefined) return undefined;
    values.push(found.value);
    const message = 'has an integer beyond 2^53, which would lose digits';
    faults.push(...found.unsafe.slice(0, MOST_FAULTS).map((where) => ({ at: where, path: '', message })));
    at = nextText(text, found.end);
  }
  return { values, faults };
}

/** The position after the whitespace at a position. */
function nextText(text: string, at: number): number {
  const space = /\s*/y;
  space.lastIndex = at;
  return at + (space.exec(text)?.[0].length ?? 0);
}

async function yamlValue(text: string): Promise<Raw> {
  // Many directories contain only JSON.
  const { parseYaml } = await import('./yaml-document.js');
  return parseYaml(text);
}
