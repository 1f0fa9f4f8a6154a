/** Meaning of text; only this file defines its appearance. */
export type Tone = 'good' | 'bad' | 'warn' | 'busy' | 'dim' | 'strong';

/** Styles text; returns it unchanged if colors are off. */
export type Paint = (tone: Tone, text: string) => string;

/** Properties of the output device that affect formatting. */
export interface Screen {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

/** Format of text: its colors and its width in columns. */
export interface Look {
  readonly paint: Paint;
  /** Maximum line length; only a longer word exceeds it. */
  readonly width: number;
}

/**
 * Codes that switch each style on and off: green, red, yellow, cyan, dim, bold. `util.styleText` would check the terminal itself.
 */
const LOOKS = { good: [32, 39], bad: [31, 39], warn: [33, 39], busy: [36, 39], dim: [2, 22], strong: [1, 22] } as const;

/** No colors: for files, pipes and tests. */
export const plain: Paint = (_tone, text) => text;

/** No colors and unlimited width. */
export const PLAIN: Look = { paint: plain, width: Number.POSITIVE_INFINITY };

/** The same look with unlimited width. */
export function unlimited(look: Look): Look {
  return { ...look, width: PLAIN.width };
}

/** Look of a screen; a file or a log has no width. */
export function lookOf(screen: Screen, env: NodeJS.ProcessEnv = process.env): Look {
  const width = isTerminal(screen, env) ? (screen.columns ?? 80) : Number.POSITIVE_INFINITY;
  return { paint: painter(screen, env), width };
}

/**
 * Colors on a terminal only. `FORCE_COLOR` enables them everywhere, `NO_COLOR` disables them; a CI system's log is no terminal.
 * @see https://no-color.org
 */
export function painter(screen: Screen, env: NodeJS.ProcessEnv = process.env): Paint {
  if (!hasColours(screen, env)) return plain;
  return (tone, text) => (text === '' ? '' : `\u001b[${LOOKS[tone][0]}m${text}\u001b[${LOOKS[tone][1]}m`);
}

function hasColours(screen: Screen, env: NodeJS.ProcessEnv): boolean {
  const forced = env.FORCE_COLOR;
  if (forced !== undefined && forced !== '') return forced !== '0' && forced !== 'false';
  return isTerminal(screen, env) && (env.NO_COLOR ?? '') === '';
}

/** Whether it is a terminal that can redraw lines. */
export function isTerminal({ isTTY }: Screen, env: NodeJS.ProcessEnv = process.env): boolean {
  const ci = env.CI !== undefined && env.CI !== '' && env.CI !== 'false' && env.CI !== '0';
  return isTTY === true && !ci && env.TERM !== 'dumb';
}

/** Cuts text to a width and marks the cut. */
export function cut(text: string, width: number): string {
  const letters = [...text];
  if (letters.length <= width) return text;
  return width <= 1 ? '…'.slice(0, Math.max(width, 0)) : `${letters.slice(0, width - 1).join('')}…`;
}

/** Wraps text at spaces to a width; a longer word gets its own line. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Formats milliseconds as `0:07`, `12:30`, `1:05:00`. */
export function clockTime(ms: number): string {
  const seconds = Math.max(0, Math.floor(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const two = (value: number) => String(value).padStart(2, '0');
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `3 objects`, `1 object`. */
export function count(amount: number, noun: string): string {
  return `${amount} ${noun}${amount === 1 ? '' : 's'}`;
}
