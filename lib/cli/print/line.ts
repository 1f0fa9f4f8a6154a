import { writeSync } from 'node:fs';

/** Prints a line to standard output. Writes to the descriptor itself: setting up Node's stream costs a short command 5 ms. */
export function printLine(text: string): void {
  try {
    writeSync(1, `${text}\n`);
  } catch (error) {
    // A full pipe that does not block: the stream knows how to wait for it.
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
    process.stdout.write(`${text}\n`);
  }
}
