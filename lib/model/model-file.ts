import { readFileSync } from 'node:fs';
import { posix } from 'node:path';
import type { Problem } from '../errors/problem';
import type { FileModel } from './model';

/** A ConfigMap holds at most 1 MiB. @see https://kubernetes.io/docs/concepts/configuration/configmap/#motivation */
const LIMIT = 1024 * 1024;

/** Returns the `binaryData` of a file model's ConfigMap, or the problem with the file. */
export function modelFile(model: FileModel): { readonly data: Readonly<Record<string, string>> } | Omit<Problem, 'subject'> {
  let content: Buffer;
  try {
    content = readFileSync(model.file);
  } catch {
    return {
      code: 'MODEL_FILE_MISSING',
      path: 'model.file',
      message: 'the model file cannot be read',
      got: model.file,
      expected: 'a file on the machine that synthesises',
      remedy: 'Correct the path, or name another source: Model.claim or Model.download.',
    };
  }
  if (content.length > LIMIT) {
    return {
      code: 'MODEL_FILE_TOO_LARGE',
      path: 'model.file',
      message: 'the model file does not fit into a ConfigMap',
      got: `${content.length} bytes`,
      expected: `at most ${LIMIT} bytes`,
      remedy: 'Put it on a volume (Model.claim) or have it downloaded (Model.download).',
    };
  }
  return { data: { [posix.basename(model.path)]: content.toString('base64') } };
}
