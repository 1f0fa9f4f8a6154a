import type { Command } from 'commander';

/** A command line that works in a project, and what it is for; shown by `--help`, run by the tests. */
export type Example = readonly [command: string, purpose: string];

/** One command: its file in `commands/` holds options, help text, examples and action together. */
export interface CommandModule {
  readonly examples: readonly Example[];
  /** Adds the command. Its action loads what it needs when it runs, so that no command pays for another one. */
  register(program: Command): Command;
}

/** The examples as they appear below the help of a command. */
export function examplesText(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  return `\nExample${examples.length === 1 ? '' : 's'}:\n${lines.join('\n')}`;
}
