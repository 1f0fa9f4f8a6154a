/** Source locations of the values in an object literal: lines by path, `stacks.fraud-model.model.version`. */
export type Lines = ReadonlyMap<string, number>;

interface Token {
  readonly text: string;
  readonly line: number;
}

const TOKEN =
  /\/\/[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`|[A-Za-z_$][\w$]*|\.\.\.|\n|[^\s]/g;

function tokensOf(source: string): readonly Token[] {
  let line = 1;
  return [...source.matchAll(TOKEN)].flatMap(([text]) => {
    const token = { text, line };
    line += text.split('\n').length - 1;
    return text === '\n' || text.startsWith('//') || text.startsWith('/*') ? [] : [token];
  });
}

const unquoted = (text: string) => (/^['"`]/.test(text) ? text.slice(1, -1) : text);

/**
 * Finds the lines of the values in a module's object literals, by constant name. It parses just enough TypeScript: literals,
 * and references to other constants of the same module. Anything else gets the line of the enclosing value.
 */
export function sourceLines(source: string): ReadonlyMap<string, Lines> {
  const tokens = tokensOf(source);
  const constants = new Map<string, Lines>();
  for (let index = 0; index < tokens.length; index++) {
    if (tokens[index]?.text !== 'const') continue;
    const name = tokens[index + 1]?.text ?? '';
    const start = tokens.findIndex(({ text }, at) => at > index && (text === '=' || text === ';'));
    if (tokens[start]?.text === '=' && tokens[start + 1]?.text === '{') {
      const lines = new Map<string, number>();
      index = readObject(tokens, start + 1, '', lines, constants);
      constants.set(name, lines);
    }
  }
  return constants;
}

/** Reads from an opening brace past the closing one. */
function readObject(
  tokens: readonly Token[],
  open: number,
  path: string,
  lines: Map<string, number>,
  known: ReadonlyMap<string, Lines>,
): number {
  let index = open + 1;
  while (index < tokens.length && tokens[index]?.text !== '}') {
    const token = tokens[index];
    if (token === undefined) break;
    if (token.text === '...') {
      copy(known.get(tokens[index + 1]?.text ?? ''), path, lines);
      index = endOfValue(tokens, index + 1);
    } else {
      const here = path === '' ? unquoted(token.text) : `${path}.${unquoted(token.text)}`;
      lines.set(here, token.line);
      const colon = tokens[index + 1]?.text === ':';
      const value = tokens[colon ? index + 2 : index];
      if (colon && value?.text === '{') index = endOfValue(tokens, readObject(tokens, index + 2, here, lines, known));
      else {
        if (value !== undefined) copy(known.get(value.text), here, lines);
        index = endOfValue(tokens, index + (colon ? 2 : 1));
      }
    }
    if (tokens[index]?.text === ',') index++;
  }
  return index + 1;
}

function copy(from: Lines | undefined, path: string, into: Map<string, number>): void {
  for (const [key, line] of from ?? []) into.set(path === '' ? key : `${path}.${key}`, line);
}

/** Index of the comma or brace that ends a value. */
function endOfValue(tokens: readonly Token[], start: number): number {
  let depth = 0;
  for (let index = start; index < tokens.length; index++) {
    const text = tokens[index]?.text ?? '';
    if (depth === 0 && (text === ',' || text === '}')) return index;
    if ('([{'.includes(text)) depth++;
    if (')]}'.includes(text)) depth--;
  }
  return tokens.length;
}

/** Line of a value, or of the nearest enclosing one. */
export function sourceLine(lines: Lines, path: string): number | undefined {
  for (let here = path; here !== ''; here = here.slice(0, Math.max(0, here.lastIndexOf('.')))) {
    const line = lines.get(here);
    if (line !== undefined) return line;
  }
  return undefined;
}
