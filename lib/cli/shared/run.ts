import { CommanderError } from 'commander';
import { VERSION } from '../../client/version';
import { formatProblem, ServingError } from '../../errors/problem';
import { oneLine, safe } from '../print/safe';

/** Runs a command: its result is the exit code; problems are printed, one line each, without a stack trace. */
export async function runCommand(command: () => Promise<number | undefined>): Promise<void> {
  try {
    const code = await command();
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    if (error instanceof ServingError) {
      process.stderr.write(`${error.problems.map(formatProblem).map(oneLine).join('\n')}\n`);
      if (process.argv.includes('--debug') && error.cause instanceof Error)
        process.stderr.write(`${safe(error.cause.stack ?? '')}\n`);
      process.exitCode = 1;
    } else if (error instanceof CommanderError) {
      // Commander has printed it; help and version are not errors.
      process.exitCode = error.exitCode === 0 ? 0 : 1;
    } else {
      throw error;
    }
  }
}

/** Formats an unexpected error as one line, with the stack trace only if `--debug` is set. */
export function unexpectedError(error: unknown, debug: boolean): string {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  const line = message.split('\n', 1)[0];
  const advice = 'This is a bug: report it with the command and the version, and add --debug for the stack trace.';
  const text = `serving ${VERSION}: unexpected ${name}: ${line}. ${advice} [UNEXPECTED]`;
  return debug && stack !== undefined ? `${text}\n${stack}` : text;
}
