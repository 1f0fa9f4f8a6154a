import type { Problem } from '../errors/problem';
import { GATES_FOLDER } from '../kube/contract';
import type { ManifestFiles } from '../manifests';
import { decode } from '../manifests/text';
import type { Pulled } from './pull';
import { formatReference } from './reference';

const MANIFEST = /\.(ya?ml|json)$/;

/** The manifests of an artifact, in the same form as those of a directory. */
export function sourceFilesOf({ reference, files, signedBy }: Pick<Pulled, 'reference' | 'files' | 'signedBy'>): ManifestFiles {
  const path = formatReference(reference);
  const problems: Problem[] = [];
  const unread = new Set<string>();
  const read = files.flatMap(({ path: file, content }) => {
    const directory = file.split('/').slice(0, -1).join('/');
    if (!MANIFEST.test(file)) return [];
    if (directory !== '' && directory !== GATES_FOLDER && !directory.startsWith(`${GATES_FOLDER}/`)) {
      unread.add(directory);
      return [];
    }
    const decoded = decode(content);
    if ('text' in decoded) return [{ file, text: decoded.text }];
    const remedy = 'Correct it, and push the directory again.';
    problems.push({ code: 'MANIFEST_UNREADABLE', subject: `${path}: ${file}`, message: decoded.fault, remedy });
    return [];
  });
  const signature = signedBy === undefined ? {} : { signedBy };
  return { path, artifact: path, files: read, unread: [...unread], problems, ...signature };
}
