import { OBEYED } from '../errors/obeyed';
import { withDigits } from '../kube/large-integer';

/** Text that is HTML already; everything else is escaped when it is put into a template. */
export class Html {
  readonly #text: string;

  /** Only for templates and for text that this project wrote itself. */
  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

/** What a template takes; nothing is printed for `undefined` and `false`. */
export type Part = Html | string | number | false | undefined | readonly Part[];

/** HTML or SVG in which every value is escaped, between tags as well as in quoted attributes. */
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
