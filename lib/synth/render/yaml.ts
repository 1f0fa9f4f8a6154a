/**
 * Prints objects as YAML that every reader of YAML 1.1 and 1.2 understands alike. The `yaml` package could do it as well, but takes more
 * than half of the time of a whole synth for it: 28 of 50 ms for one stack in three environments, of which this takes 2. The output of
 * both is read back and compared in the tests.
 */
export function toYaml(documents: readonly unknown[]): string {
  return documents.map((document) => `${node(document, '').trimStart()}\n`).join('---\n');
}

/** Words that some reader takes for a boolean, a null or a number; among them YAML 1.1's `y`, `no`, `on` and sexagesimal numbers. */
const AMBIGUOUS =
  /^(?:~|null|true|false|yes|no|on|off|y|n|nan|[-+.]?inf|=|<<|[-+.\d_]*e[-+]?\d+|[-+]?[.\d][\d_.,:xoba-f]*(?:e[-+]?\d+)?|\d{4}-\d\d?-\d\d?.*)$/i;

/** Text that may stand without quotes, as far as its characters go: printable ASCII that begins like a word or a path. */
const PLAIN = /^[A-Za-z0-9_/.~+$(^\\][ -~]*$/;

/** What means something to YAML inside a plain text: a colon before a space or the end, a comment, a space at the end. */
const MARKED = /:(?: |$)| #| $/;

/** Lines that a block can hold as they are: printable ASCII, no space at an end, one line break at the very end. */
const BLOCK = /^(?:[!-~](?:[ -~]*[!-~])?\n|\n(?!$))+$/;

function text(value: string, indent: string): string {
  if (PLAIN.test(value) && !AMBIGUOUS.test(value) && !MARKED.test(value)) return value;
  if (value.includes('\n') && indent !== '' && BLOCK.test(value) && !/^\n|\n\n$/.test(value)) {
    return `|\n${value.slice(0, -1).replaceAll(/^(?=.)/gm, indent)}`;
  }
  return JSON.stringify(value).replaceAll(
    /[\u007f-\u009f\u2028\u2029\ufeff]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

/** A value behind its key or dash: on the same line when it is plain, else on lines of its own. */
function node(value: unknown, indent: string): string {
  if (Array.isArray(value))
    return value.length === 0 ? ' []' : value.map((item) => `\n${indent}-${inline(item, indent)}`).join('');
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).filter(([, child]) => child !== undefined);
    if (entries.length === 0) return ' {}';
    return entries.map(([key, child]) => `\n${indent}${text(key, '')}:${node(child, `${indent}  `)}`).join('');
  }
  return typeof value === 'string' ? ` ${text(value, indent)}` : ` ${JSON.stringify(value)}`;
}

/** A list's item: a map or list begins on the dash's own line. */
function inline(item: unknown, indent: string): string {
  const printed = node(item, `${indent}  `);
  return printed.startsWith('\n') ? ` ${printed.trimStart()}` : printed;
}
