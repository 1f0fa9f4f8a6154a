import { type Document, type ErrorCode, parseAllDocuments } from 'yaml';
import { evaluate, type Fault } from './yaml-value';

/** What the parser's codes mean. Its own messages quote the text, which may be a Secret's. */
const SYNTAX: Partial<Record<ErrorCode, string>> = {
  BAD_INDENT: 'wrong indentation',
  TAB_AS_INDENT: 'a tab where only spaces may indent',
  MISSING_CHAR: 'a quote, bracket or comma is missing',
  UNEXPECTED_TOKEN: 'something unexpected',
  BAD_DQ_ESCAPE: 'an unknown escape in double quotes',
  BAD_SCALAR_START: 'a text that has to be quoted',
  MULTILINE_IMPLICIT_KEY: 'a key over several lines, or a missing colon',
  BLOCK_AS_IMPLICIT_KEY: 'a second colon in one line',
  BLOCK_IN_FLOW: 'a block inside brackets',
  BAD_DIRECTIVE: 'a directive',
};

/** Parses the one document of a text. */
export function parseYaml(text: string): { readonly values: readonly unknown[]; readonly faults: readonly Fault[] } {
  const directive = /^%/m.exec(text);
  if (directive !== null && directive.index === text.search(/\S/)) {
    return {
      values: [],
      faults: [{ at: directive.index, path: '', message: 'has a YAML directive, which kubectl does not read' }],
    };
  }
  try {
    return evaluated(text);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { values: [], faults: [{ at: 0, path: '', message: 'is nested too deeply' }] };
  }
}

function evaluated(text: string): { readonly values: readonly unknown[]; readonly faults: readonly Fault[] } {
  const options = { schema: 'failsafe', uniqueKeys: false, prettyErrors: false, merge: false, logLevel: 'silent' } as const;
  const documents = [...parseAllDocuments(text, options)] as readonly Document.Parsed[];
  const [error] = documents.flatMap(({ errors }) => errors);
  if (error !== undefined) {
    const deep = error.code === 'RESOURCE_EXHAUSTION';
    const message = deep ? 'is nested too deeply' : `is no YAML: ${SYNTAX[error.code] ?? error.code}`;
    return { values: [], faults: [{ at: error.pos[0], path: '', message }] };
  }
  const [first, second] = documents;
  const faults: Fault[] = [];
  // go-yaml reads no further, and what follows would be lost.
  if (second !== undefined) faults.push({ at: second.range[0], path: '', message: 'goes on after its end (`...`)' });
  return { values: first === undefined ? [] : [evaluate(first, text, faults)], faults };
}
