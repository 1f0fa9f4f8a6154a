/** A part of a page that something is done with, in the order of the page. */
export type Part =
  /** A command, which has to end with one of these codes. */
  | { readonly type: 'command'; readonly command: string; readonly codes: readonly number[] }
  /** A file of the project, or TypeScript of the page's own. */
  | { readonly type: 'code'; readonly file: string | undefined; readonly text: string }
  /** A block that is what the last command has printed. */
  | { readonly type: 'output'; readonly start: number; readonly end: number }
  /** A block that is a file, or an object out of it, or a part of that. */
  | { readonly type: 'contents'; readonly of: string; readonly start: number; readonly end: number };

const MARKER = /<!-- (?<kind>run|output|contents)(?:, exits with (?<code>\d+))?(?:: (?<what>.+?))? -->\n?/;
const FENCE = /^```(?<language>\w*)(?: (?<file>\S+))?\n(?<body>[\s\S]*?)^```$/;
const INLINE = /`(?<inline>(?:npx|npm|kubectl|diff) [^`]+)`/;
const PARTS = new RegExp([MARKER, FENCE, INLINE].map(({ source }) => source).join('|'), 'gm');

/** Languages of blocks that nothing has to be done with. */
const PICTURES = ['mermaid'];

/**
 * What a page asks for. Blocks of `sh` are commands, one a line; so is what stands as code in a sentence or a table. Blocks with a file
 * behind their language are that file; other blocks of `ts` are a program of the page. `<!-- run: COMMAND -->` runs a command that the page does not show;
 * `<!-- output -->` fills the block below with what the last command printed, `<!-- output: COMMAND -->` with what this one prints, and
 * `<!-- contents: FILE Kind path -->` with a file. Every other block is refused: nobody would know whether it is true.
 */
export function partsOf(page: string): readonly Part[] {
  const parts: Part[] = [];
  let pending: ((start: number, end: number) => Part) | undefined;
  for (const match of page.matchAll(PARTS)) {
    const { kind, code, what, language, file, body, inline } = match.groups ?? {};
    if (kind !== undefined) {
      const codes = [Number(code ?? 0)];
      if (kind !== 'contents' && what !== undefined) parts.push({ type: 'command', command: what, codes });
      if (kind === 'output') pending = (start, end) => ({ type: 'output', start, end });
      if (kind === 'contents') pending = (start, end) => ({ type: 'contents', of: what ?? '', start, end });
    } else if (inline !== undefined) {
      // Whoever reads a table wants to know what may be done; differences are no failure.
      parts.push({ type: 'command', command: inline, codes: inline.startsWith('diff ') ? [0, 1] : [0, 2] });
    } else if (body !== undefined) {
      const start = match.index + match[0].indexOf('\n') + 1;
      if (pending !== undefined) parts.push(pending(start, start + body.length));
      else if (language === 'sh') parts.push(...commandsOf(body));
      else if (language === 'ts' || file !== undefined) parts.push({ type: 'code', file, text: body });
      else if (!PICTURES.includes(language ?? '')) throw new Error(`a block that nothing has produced:\n${body}`);
      pending = undefined;
    }
  }
  return parts;
}

/** The commands of a block, with the exit code that a comment behind them promises. */
function commandsOf(block: string): readonly Part[] {
  return block
    .replaceAll('\\\n', ' ')
    .split('\n')
    .filter((line) => line.trim() !== '' && !line.startsWith('#'))
    .map((line) => {
      const [, code = '0'] = /# .*exits with (\d+)/.exec(line) ?? [];
      return { type: 'command', command: line.replace(/\s+# .*$/, ''), codes: [Number(code)] };
    });
}
