import { relative } from 'node:path';
import { ServingError } from '../../errors/problem';

/** The error of a stack whose own code failed, such as one emitted with props of a wrong type. */
export function buildFailure(error: Error, subject: string): ServingError {
  const place = placeOf(error.stack ?? '');
  const problem = {
    code: 'BUILD_FAILED',
    subject,
    ...(place === undefined ? {} : { path: place }),
    message: 'the code of the stack ended with an error',
    got: `${error.name}: ${error.message.split('\n', 1)[0]}`,
    remedy: 'Correct it: `npx tsc --noEmit` finds props of a wrong type, and --debug shows the stack trace.',
  } as const;
  return new ServingError([problem], { cause: error });
}

/** The first place of a stack trace in the code of the app, as `apps/fraud.js:12`. */
function placeOf(stack: string): string | undefined {
  const places = [...stack.matchAll(/\(?((?:file:\/\/)?\/[^()\n]+?|[A-Z]:\\[^()\n]+?):(\d+):\d+\)?$/gm)];
  const own = places.find(([, file = '']) => !file.includes('node_modules') && !file.startsWith(__dirname));
  const [, file, line] = own ?? [];
  return file === undefined ? undefined : `${relative(process.cwd(), file.replace('file://', ''))}:${line}`;
}
