import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { type Problem, ServingError } from '../errors/problem';
import { isDnsLabel } from '../kube/names';

/** Stack name in the template; a new project's name replaces it everywhere. */
const PLACEHOLDER = 'fraud-model';

/** Maximum length for which every object's name, and `<name>-staging`, is a valid label. */
const MAX = 40;

/** Directory for the packed file of this package, if it was installed from one. */
const VENDOR = 'vendor';

/** Options for a new project. */
export interface ProjectOptions {
  /** Name of the stack. @default - the name of the directory */
  readonly name?: string;
  /** Packed file of this package, which the project then includes and depends on. @default - the version in the registry */
  readonly packed?: string;
}

/**
 * Writes a new project from the files of `template`: a stack, three environments, tests and CI files. The stack is named after
 * the directory, unless `name` is given. Returns the written paths, relative to the directory. Existing files are never
 * overwritten: if one of the files already exists, nothing is written.
 *
 * @throws ServingError with INVALID_NAME, or FILE_EXISTS for each existing file.
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
    // npm excludes files named .gitignore from packages.
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

/** Makes package.json depend on the packed file; leaves every other file unchanged. */
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
