import { writeSync } from 'node:fs';
import { safeLines } from './safe';

/** Prints a line to standard output. Writes to the descriptor directly: setting up Node's stream costs a short command 5 ms. */
export function printLine(said: string): void {
  const text = safeLines(said);
  try {
    writeSync(1, `${text}\n`);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // The reader closed the pipe.
    if (code === 'EPIPE') return;
    // The pipe is full and does not block: only the stream can wait for it.
    if (code !== 'EAGAIN') throw error;
    process.stdout.write(`${text}\n`);
  }
}

/** Discards output once its reader is gone: a release continues even after `head` has exited. */
export function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
