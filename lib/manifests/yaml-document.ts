import { EVENT_ID, parseEvents, YAMLException } from 'js-yaml';
import { DEEPEST } from './text';
import { Evaluation, type Fault, TooMuch } from './yaml-value';

/** Messages for the beginnings of the parser's errors. Some of these quote the text, which may be a Secret's. */
const SYNTAX: readonly (readonly [RegExp, string])[] = [
  [/^bad indentation of a mapping entry/, 'a second colon in one line, or wrong indentation'],
  [/^deficient indentation/, 'wrong indentation of a quoted text over several lines'],
  [/^bad indentation/, 'wrong indentation'],
  [/^tab characters/, 'a tab where only spaces may indent'],
  [/^unexpected end of the (stream|document)|^missed comma/, 'a quote, bracket or comma is missing'],
  [/^unknown escape|^expected hexadecimal/, 'an unknown escape in double quotes'],
  [/^can not read a block mapping entry/, 'a key over several lines, or a missing colon'],
  [/^(end of the stream|expected the node content)/, 'something unexpected'],
];

interface Read {
  readonly values: readonly unknown[];
  readonly faults: readonly Fault[];
}

/** Parses the only document of a text. */
export function parseYaml(text: string): Read {
  const directive = /^%/m.exec(text);
  if (directive !== null && directive.index === text.search(/\S/))
    return refused(directive.index, 'has a YAML directive, which kubectl does not read');
  try {
    return evaluated(text);
  } catch (error) {
    if (error instanceof TooMuch) return refused(error.at, 'has too many aliases');
    if (error instanceof RangeError) return refused(0, 'is nested too deeply');
    if (!(error instanceof YAMLException)) throw error;
    const { reason, mark } = error;
    const known = SYNTAX.find(([pattern]) => pattern.test(reason))?.[1] ?? 'something unexpected';
    return refused(mark?.position ?? 0, reason.startsWith('nesting') ? 'is nested too deeply' : `is no YAML: ${known}`);
  }
}

function refused(at: number, message: string): Read {
  return { values: [], faults: [{ at, path: '', message }] };
}

function evaluated(text: string): Read {
  const events = parseEvents(text, { maxDepth: DEEPEST });
  const documentFrom = (from: number) => events.findIndex(({ type }, index) => index >= from && type === EVENT_ID.DOCUMENT);
  const first = documentFrom(0);
  if (first === -1) return { values: [], faults: [] };
  const evaluation = new Evaluation(events, text);
  const value = evaluation.value(first + 1);
  // go-yaml stops reading here, and the rest would be lost.
  const second = documentFrom(first + 1);
  const more = second === -1 ? [] : refused(evaluation.position(second + 1), 'goes on after its end (`...`)').faults;
  return { values: [value], faults: [...more, ...evaluation.faults] };
}
