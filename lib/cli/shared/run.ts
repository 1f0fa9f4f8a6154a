import { CommanderError } from 'commander';
import { VERSION } from '../../client/version';
import { formatProblem, ServingError } from '../../errors/problem';
import { oneLine } from '../print/safe';

/** Runs a command: its number is the exit code; problems are printed, one line each, without a stack trace. */
export async function runCommand(command: () => Promise<number | undefined>): Promise<void> {
  try {
    const code = await command();
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    if (error instanceof ServingError) {
      process.stderr.write(`${error.problems.map(formatProblem).map(oneLine).join('\n')}\n`);
      process.exitCode = 1;
    } else if (error instanceof CommanderError) {
      // Commander has printed it; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? 0 : 1;
    } else {
      throw error;
    }
  }
}

/** An error that no code of this package foresaw, as one line; its stack trace only with `--debug`. */
export function unexpectedError(error: unknown, debug: boolean): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const line = message.split('\n', 1)[0];
  const advice = 'This is a bug: report it with the command and the version, and add --debug for the stack trace.';
  const text = `serving ${VERSION}: unexpected ${name}: ${line}. ${advice} [UNEXPECTED]`;
  return debug && stack !== undefined ? `${text}\n${stack}` : text;
}
