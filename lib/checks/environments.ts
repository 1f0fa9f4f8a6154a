import type { KubeObject } from '../kube/object';
import { append } from './inventory/label-index';

const WORDS =
  'dev|develop|development|local|sandbox|ci|test|testing|qa|uat|int|integration|stage|staging|preprod|pre-prod|preview|canary|live|prod|production';
const DIRECTORY = new RegExp(`^(?:${WORDS})(?:[-_.].*)?$`);
/** Many file names start with `test-`. */
const FILE = new RegExp(`^(?:${WORDS})(?:\\.k8s)?\\.(?:ya?ml|json)$`);

/**
 * Groups objects by the environment of their files: `staging/` and `prod/` together are two clusters. Files without an
 * environment belong to all of them. A single group if the files name at most one environment.
 */
export function byEnvironment(files: ReadonlyMap<KubeObject, string>): readonly (readonly KubeObject[])[] {
  const paths = [...new Set(files.values())].map((path) => path.split(/[\\/]/));
  const shared = sharedDepth(paths);
  const environmentOf = (path: string) => {
    const parts = path.split(/[\\/]/).slice(shared);
    return parts.find((part, index) => (index === parts.length - 1 ? FILE : DIRECTORY).test(part));
  };
  const groups = new Map<string, KubeObject[]>();
  const common: KubeObject[] = [];
  for (const [object, file] of files) {
    const environment = environmentOf(file);
    if (environment === undefined) common.push(object);
    else append(groups, environment, object);
  }
  return groups.size < 2 ? [[...files.keys()]] : [...groups.values()].map((own) => [...common, ...own]);
}

/** Number of leading directories that all paths share. */
function sharedDepth(paths: readonly (readonly string[])[]): number {
  const [first = []] = paths;
  let depth = 0;
  while (depth < first.length - 1 && paths.every((path) => depth < path.length - 1 && path[depth] === first[depth])) depth++;
  return depth;
}
