import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Problem, ServingError } from '../errors/problem';
import type { Project } from './project';

/**
 * Loads a directory's project: the export `project` of the module that `cdk8s.yaml` names.
 * @param mayBeStale sources that may be newer than their compiled files. Default: none
 */
export function loadProject(
  app?: string,
  folder = process.cwd(),
  mayBeStale: (project: Project) => readonly string[] = () => [],
): Project {
  const module = resolve(folder, app ?? appOf(folder));
  if (!existsSync(module)) fail('PROJECT_NOT_FOUND', module, 'the app is not there', 'Build it first: npm run build.');
  const before = new Set(Object.keys(require.cache));
  const { project } = require(module) as { readonly project?: Project };
  if (project === undefined)
    fail('PROJECT_NOT_FOUND', module, 'the app does not export `project`', 'Export what defineProject returns.');
  checkFresh(
    Object.keys(require.cache).filter((file) => !before.has(file)),
    mayBeStale(project),
  );
  return project;
}

/** Returns the module in `app: node build/apps/main.js`. */
function appOf(folder: string): string {
  const file = join(folder, 'cdk8s.yaml');
  if (!existsSync(file))
    fail(
      'PROJECT_NOT_FOUND',
      file,
      'there is no cdk8s.yaml here',
      'Change to the project folder, or name the module with --app.',
    );
  const line = /^app:\s*(.+?)\s*$/m.exec(readFileSync(file, 'utf8'))?.[1] ?? '';
  const module = line
    .replaceAll(/["']/g, '')
    .split(/\s+/)
    .findLast((word) => /\.[cm]?js$/.test(word));
  if (module === undefined) {
    fail(
      'PROJECT_NOT_FOUND',
      file,
      '`app` names no compiled module',
      'Write app: node build/apps/main.js, or name the module with --app.',
    );
  }
  return module;
}

/** Refuses modules with a newer TypeScript source: they would render old values. */
function checkFresh(files: readonly string[], mayBeStale: readonly string[]): void {
  const stale = files
    .filter((file) => !file.includes('/node_modules/'))
    .flatMap((file) => {
      const source = sourceOf(file);
      return source !== undefined &&
        !mayBeStale.includes(source) &&
        existsSync(source) &&
        statSync(source).mtimeMs > statSync(file).mtimeMs
        ? [source]
        : [];
    });
  if (stale.length === 0) return;
  throw new ServingError(
    stale.map(
      (source): Problem => ({
        code: 'BUILD_STALE',
        subject: source,
        message: 'the source is newer than what was compiled from it',
        remedy: 'Build first: npm run build.',
      }),
    ),
  );
}

/** Finds the loaded module that exports a value; if there are several, the one with the value as default export. */
export function moduleOf(value: unknown): string | undefined {
  const found = Object.values(require.cache).flatMap((module) => {
    const exports: unknown = module?.exports;
    if (module === undefined || typeof exports !== 'object' || exports === null) return [];
    return Object.values(exports).includes(value)
      ? [{ file: module.filename, own: Reflect.get(exports, 'default') === value }]
      : [];
  });
  return (found.find(({ own }) => own) ?? found[0])?.file;
}

/** Returns the source that a compiled module names in its source map. */
export function sourceOf(file: string): string | undefined {
  try {
    const { sources = [] } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { readonly sources?: readonly string[] };
    return sources[0] === undefined ? undefined : resolve(dirname(file), sources[0]);
  } catch {
    return undefined;
  }
}

function fail(code: 'PROJECT_NOT_FOUND', subject: string, message: string, remedy: string): never {
  throw new ServingError([{ code, subject, message, remedy }]);
}
