import type { Command } from 'commander';

/** A command line that works in a project, and its purpose; shown by `--help`, run by the tests. */
export type Example = readonly [command: string, purpose: string];

/** One command: its file in `commands/` contains options, help text, examples and action. */
export interface CommandModule {
  readonly examples: readonly Example[];
  /** Adds the command. Its action loads its modules on demand, so that other commands start without them. */
  register(program: Command): Command;
}

/** Formats the examples below a command's help. */
export function examplesText(examples: readonly Example[]): string {
  const width = Math.max(...examples.map(([line]) => line.length));
  const lines = examples.map(([line, purpose]) => `  ${line.padEnd(width)}  ${purpose}`);
  return `\nExample${examples.length === 1 ? '' : 's'}:\n${lines.join('\n')}`;
}
