import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { ROOT } from '../harness/project';

/** What a terminal has shown. */
export interface Seen {
  readonly code: number;
  /** Everything that was written, with what the terminal obeys. */
  readonly raw: string;
  /** The lines that are there at the end. */
  readonly lines: readonly string[];
  readonly cursor: 'shown' | 'hidden';
}

/** How the terminal is set up. */
export interface Setting {
  /** Ctrl-C is pressed when this text has been written. */
  readonly interruptAfter?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs the command line on a real terminal of 80 columns. */
export function onTerminal({ interruptAfter = '', env: more = {} }: Setting, ...args: readonly string[]): Promise<Seen> {
  const { CI: _ci, NO_COLOR: _none, FORCE_COLOR: _forced, ...env } = process.env;
  const command = [process.execPath, join(ROOT, 'build/lib/cli/main.js'), ...args];
  return new Promise((resolve, reject) => {
    execFile(
      'python3',
      [join(__dirname, 'on-terminal.py'), '80', '40', interruptAfter, ...command],
      { cwd: ROOT, env: { ...env, TERM: 'xterm-256color', ...more }, maxBuffer: 1e8 },
      (error, raw) => {
        if (error !== null && typeof error.code !== 'number') reject(error);
        else resolve({ code: Number(error?.code ?? 0), raw, ...shown(raw) });
      },
    );
  });
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: what a terminal obeys
const TOKENS = /\u001b\[(\??[\d;]*)([A-Za-z])|\r|\n|[^\u001b\r\n]+/g;

/** What a terminal shows of this in the end; it knows just what the command line uses. */
export function shown(raw: string): Pick<Seen, 'lines' | 'cursor'> {
  const lines: string[] = [''];
  let [row, column, cursor]: [number, number, Seen['cursor']] = [0, 0, 'shown'];
  for (const [token, argument = '', command] of raw.matchAll(TOKENS)) {
    const line = lines[row] ?? '';
    if (token === '\r') column = 0;
    else if (token === '\n') lines[++row] ??= '';
    else if (command === 'A') row -= Number(argument || 1);
    else if (command === 'K') lines[row] = line.slice(0, column);
    else if (command === 'J') {
      lines.length = row + 1;
      lines[row] = line.slice(0, column);
    } else if (command === 'h' || command === 'l') cursor = command === 'h' ? 'shown' : 'hidden';
    else if (command === 'm') continue;
    else if (command !== undefined) throw new Error(`the test does not know ${JSON.stringify(token)}`);
    else {
      lines[row] = `${line.slice(0, column).padEnd(column)}${token}${line.slice(column + token.length)}`;
      column += token.length;
    }
    if (row < 0 || row >= 10_000) throw new Error('out of the screen');
  }
  return { lines: lines.map((line) => line.trimEnd()), cursor };
}
