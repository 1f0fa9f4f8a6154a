/** The parts of a terminal that a redrawn block of lines needs. */
export interface Terminal {
  readonly columns?: number;
  readonly rows?: number;
  write(text: string): unknown;
}

const HIDE = '\u001b[?25l';
const SHOW = '\u001b[?25h';
const TO_END_OF_LINE = '\u001b[K';
const TO_END_OF_SCREEN = '\u001b[J';
const up = (lines: number) => (lines === 0 ? '\r' : `\r\u001b[${lines}A`);

/** Lines at the end of the output that are redrawn in place. Other output goes above them. */
export class LiveBlock {
  private readonly terminal: Terminal;
  private height = 0;
  private hidden = false;

  constructor(terminal: Terminal) {
    this.terminal = terminal;
  }

  /** Redraws the lines. */
  draw(lines: readonly string[]): void {
    const cursor = this.hidden ? '' : HIDE;
    this.hidden = true;
    const text = lines.map((line) => `${line}${TO_END_OF_LINE}\n`).join('');
    this.terminal.write(`${cursor}${up(this.height)}${text}${TO_END_OF_SCREEN}`);
    this.height = lines.length;
  }

  /** Removes the block; the next output takes its place. Restores the cursor. */
  clear(): void {
    if (!this.hidden) return;
    this.terminal.write(`${up(this.height)}${TO_END_OF_SCREEN}${SHOW}`);
    [this.height, this.hidden] = [0, false];
  }
}
