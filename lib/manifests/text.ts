/** The text of a file's bytes, or why they are not text. */
export type Decoded = { readonly text: string } | { readonly fault: string };

const CONTROL = /[^\P{Cc}\t\n\r\u0085]|\ufffe|\uffff/u;

/**
 * Decodes a file like kubectl: UTF-8, or UTF-16 with a byte order mark. kubectl replaces invalid UTF-8 with U+FFFD, which loses
 * the original text: such files are rejected.
 */
export function decode(bytes: Uint8Array): Decoded {
  const [first, second] = bytes;
  const encoding = first === 0xff && second === 0xfe ? 'utf-16le' : first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
  try {
    return checked(new TextDecoder(encoding, { fatal: true }).decode(bytes));
  } catch {
    return { fault: encoding === 'utf-8' ? 'is not UTF-8 (latin-1 perhaps)' : `is not ${encoding.toUpperCase()}` };
  }
}

function checked(text: string): Decoded {
  const control = CONTROL.exec(text);
  if (control !== null) return { fault: `line ${lineAt(text, control.index)} has a control character` };
  // YAML 1.1 breaks lines at these characters, YAML 1.2 and JSON do not.
  const broken = /\r(?!\n)|[\u0085\u2028\u2029]/.exec(text);
  if (broken !== null) return { fault: `line ${lineAt(text, broken.index)} has a line break other than LF and CRLF` };
  const conflict = /^(<{7}|>{7}) /m.exec(text);
  if (conflict !== null) return { fault: `line ${lineAt(text, conflict.index)} has a conflict marker of a merge` };
  return { text: text.replaceAll('\r\n', '\n') };
}

/** Deeper than any Kubernetes object, and far from a stack overflow. */
export const DEEPEST = 500;

/** The line number of a position in a text, from 1. */
export function lineAt(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}
