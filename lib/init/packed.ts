import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { textAt } from '../kube/fields';

/**
 * The packed file that a package was installed from, as recorded by npm; undefined if it came from a registry. A new project
 * includes a copy, because a path outside the project does not exist in a clone.
 * @param root the directory of the installed package, `…/node_modules/cdk8s-serving`
 */
export function packedFile(root: string): string | undefined {
  const modules = dirname(root);
  const notes = join(modules, '.package-lock.json');
  if (!existsSync(notes)) return undefined;
  const name = root.slice(modules.length + 1);
  const resolved = textAt(JSON.parse(readFileSync(notes, 'utf8')), 'packages', `node_modules/${name}`, 'resolved') ?? '';
  if (!/^file:.*\.tgz$/.test(resolved)) return undefined;
  const file = resolve(dirname(modules), resolved.slice('file:'.length));
  return existsSync(file) ? file : undefined;
}
