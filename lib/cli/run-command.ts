import { CommanderError } from 'commander';
import { ServingError } from '../errors/problem';

/** Runs a command: its number is the exit code; problems are printed, one line each, without a stack trace. */
export async function runCommand(command: () => Promise<number | undefined>): Promise<void> {
  try {
    const code = await command();
    if (code !== undefined) process.exitCode = code;
  } catch (error) {
    if (error instanceof ServingError) {
      process.stderr.write(`${error.message}\n`);
      process.exitCode = 1;
    } else if (error instanceof CommanderError) {
      // Commander has printed it; help and version are no errors.
      process.exitCode = error.exitCode === 0 ? 0 : 1;
    } else {
      throw error;
    }
  }
}
