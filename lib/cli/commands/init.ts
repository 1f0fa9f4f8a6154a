import { join, relative } from 'node:path';
import { writeProject } from '../../init/project-files';
import { printLine } from '../print/line';

/** Flags of `serving init`. */
export interface InitFlags {
  readonly name?: string;
}

/** `serving init`: writes a new project, and says how to go on. */
export async function initCommand(folder: string, { name }: InitFlags): Promise<number> {
  const files = writeProject(folder, join(__dirname, '../../init/template'), name);
  const here = relative('', folder);
  for (const file of files) printLine(join(here, file));
  printLine('');
  printLine(`Next: ${here === '' ? '' : `cd ${here} && `}npm install && npm test && npx serving synth`);
  return 0;
}
