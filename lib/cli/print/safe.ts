import { OBEYED } from '../../errors/obeyed';
import { withDigits } from '../../kube/large-integer';

/** The colors of this tool, which its own text may contain. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is a control sequence
const COLOUR = /\u001b\[(?:32|39|31|33|36|2|22|1)m/g;

/**
 * Makes text safe for a terminal or a log: control characters become escapes such as `\u009b`, which are equivalent in JSON.
 * Colors and line breaks stay.
 */
export function safe(said: string): string {
  const text = withDigits(said);
  if (text.search(OBEYED) < 0) return text;
  const parts = text.split(COLOUR);
  const colours = text.match(COLOUR) ?? [];
  return parts.map((part, index) => `${part.replaceAll(OBEYED, spelled)}${colours[index] ?? ''}`).join('');
}

/** Makes lines or JSON safe for CI systems as well: no line is a command. Only a reporter's own GitHub commands skip this. */
export function safeLines(text: string): string {
  return safe(withoutCommands(text, (mark) => `${mark.slice(0, 1)}${spelled(mark.slice(1))}`));
}

function spelled(char: string): string {
  return `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/**
 * One line of text from a pod, a server or a file, without line breaks and without text that terminals or CI systems interpret.
 */
export function oneLine(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: escape sequences go as a whole
  const bare = withDigits(text).replaceAll(/\u001b\[[0-9;?]*[ -/]*[@-~]/g, '');
  const line = bare
    .replaceAll(/\s*[\r\n\u2028\u2029]+\s*/g, ' ')
    .replaceAll('\t', ' ')
    .replaceAll(OBEYED, '')
    .trim();
  return withoutCommands(line);
}

/** `::error::` and `##[error]` are commands to the GitHub Actions runner, `##vso[` and `##teamcity[` to others. */
function withoutCommands(text: string, apart = (mark: string) => `${mark.slice(0, 1)} ${mark.slice(1)}`): string {
  return text.replaceAll(/::(?=[a-z][\w-]*[^:]*::)/gi, apart).replaceAll(/##(?=\w*\[)/g, apart);
}

/**
 * Turns every string in a value, including field names, into one safe line. Values from clusters and files pass through here
 * once.
 */
export function clean<T>(value: T): T;
export function clean(value: unknown): unknown {
  if (typeof value === 'string') return oneLine(value);
  if (Array.isArray(value)) return value.map((item) => clean<unknown>(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [oneLine(key), clean<unknown>(inner)]));
}

/** Escapes text as one line of plain Markdown: no markup, no HTML, no links, no mentions. */
export function inline(text: string): string {
  return inert(
    oneLine(text)
      .replaceAll('&', '&amp;')
      .replaceAll('<', '&lt;')
      .replaceAll(/[\\*_`|[\]~]/g, '\\$&'),
  );
}

/** A line inside a fenced block that cannot end the block. */
export function fenced(text: string): string {
  return oneLine(text).replaceAll('```', "'''");
}

/** Mentions and references get an invisible joiner, URLs a colon that no parser recognizes. */
function inert(text: string): string {
  return text
    .replaceAll(/@(?=[\w-])/g, '@\u2060')
    .replaceAll(/#(?=\d)/g, '#\u2060')
    .replaceAll('://', '&#58;//')
    .replaceAll(/\bwww\./gi, 'www&#46;');
}
