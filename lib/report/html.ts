import { OBEYED } from '../errors/obeyed';
import { withDigits } from '../kube/large-integer';

/** Text that is already HTML; everything else is escaped in a template. */
export class Html {
  readonly #text: string;

  /** Only for templates and for text from this project. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** Values for a template; `undefined` and `false` print nothing. */
export type Part = Html | string | number | false | undefined | readonly Part[];

/** HTML or SVG with every value escaped, both between tags and in quoted attributes. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return new Html(strings.map((text, index) => `${text}${index < parts.length ? escaped(parts[index]) : ''}`).join(''));
}

function escaped(part: Part): string {
  if (part === undefined || part === false) return '';
  if (part instanceof Html) return part.toString();
  if (typeof part === 'object') return part.map(escaped).join('');
  const text = withDigits(String(part))
    .replaceAll(OBEYED, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;');
  return text.replaceAll('"', '&quot;').replaceAll("'", '&#39;');
}
