import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Problem, ServingError } from '../errors/problem';
import { isDnsLabel } from '../kube/names';

/** What the template calls its stack; a new project's own name takes its place everywhere. */
const PLACEHOLDER = 'fraud-model';

/** The longest name of which every object's name, and `<name>-staging`, is still a label. */
const MAX = 40;

/** Where a project keeps the packed file of this package, when it was installed from one. */
const VENDOR = 'vendor';

/** What a new project is written with. */
export interface ProjectOptions {
  /** Name of the stack. @default - the name of the folder */
  readonly name?: string;
  /** The packed file of this package, which the project then depends on and has a copy of. @default - the version in the registry */
  readonly packed?: string;
}

/**
 * Writes a new project: a stack, three environments, tests and CI files, out of the files of `template`. The stack is named after
 * the folder, unless `name` is given. Returns the paths it wrote, relative to the folder. Nothing is overwritten: when one of the
 * files is there already, nothing is written at all.
 *
 * @throws ServingError with INVALID_NAME, or FILE_EXISTS for each file that is there.
 */
export function writeProject(
  folder: string,
  template: string,
  { name = basename(resolve(folder)), packed }: ProjectOptions = {},
): readonly string[] {
  checkName(name);
  const files = (readdirSync(template, { recursive: true }) as string[]).filter((path) =>
    statSync(join(template, path)).isFile(),
  );
  const rename = (text: string) => text.replaceAll(PLACEHOLDER, name);
  const wanted = files.sort().map((path): { readonly path: string; readonly content: string | Buffer } => ({
    // npm leaves files named .gitignore out of packages.
    path: rename(path).replace(/(^|\/)gitignore$/, '$1.gitignore'),
    content: dependingOn(packed, path, rename(readFileSync(join(template, path), 'utf8'))),
  }));
  if (packed !== undefined) wanted.push({ path: join(VENDOR, basename(packed)), content: readFileSync(packed) });
  const there = wanted.filter(({ path }) => existsSync(join(folder, path)));
  if (there.length > 0) throw new ServingError(there.map(({ path }) => fileExists(join(folder, path))));
  for (const { path, content } of wanted) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
  return wanted.map(({ path }) => path);
}

/** The package.json of a project that depends on a packed file; every other file as it is. */
function dependingOn(packed: string | undefined, path: string, text: string): string {
  if (packed === undefined || path !== 'package.json') return text;
  return text.replace(/("cdk8s-serving": )"[^"]+"/, (_match, key: string) => `${key}"file:${VENDOR}/${basename(packed)}"`);
}

function checkName(name: string): void {
  if (isDnsLabel(name) && /^[a-z]/.test(name) && name.length <= MAX) return;
  const nearest = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+/, '')
    .slice(0, MAX)
    .replace(/-+$/, '');
  throw new ServingError([
    {
      code: 'INVALID_NAME',
      subject: 'init',
      message: 'the stack is named after the folder, and this is no name for one',
      got: name,
      expected: `lower-case letters, digits and dashes, a letter first, at most ${MAX}`,
      remedy: 'Name another folder, or give a name with --name.',
      ...(nearest === '' ? {} : { nearest }),
    },
  ]);
}

function fileExists(path: string): Problem {
  return { code: 'FILE_EXISTS', subject: path, message: 'the file exists already', remedy: 'Start in an empty folder.' };
}
