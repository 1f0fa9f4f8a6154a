import { isFields, textAt } from '../../lib/kube/fields';
import { kubectlLocal } from '../harness/kubectl';

/** An annotation with which kubectl is made to print what it reads. */
const MARK = 'read-by-kubectl';

/** What kubectl reads in the files below a directory: objects in their order, and the files that it refuses with its reason. */
export interface KubectlReading {
  readonly objects: readonly unknown[];
  readonly refused: ReadonlyMap<string, string>;
}

/** Reads a directory and all below it with kubectl. `annotate --local` needs no cluster and knows no kinds. */
export async function readByKubectl(directory: string): Promise<KubectlReading> {
  const { stdout, stderr } = await kubectlLocal('annotate', '--local', '-R', '-f', directory, '-o', 'json', `${MARK}=`);
  const refused = [...stderr.matchAll(/^(?:error: )?(?:error parsing |unable to decode "|error: )([^":]+)"?: (.*)$/gm)];
  const texts = stdout.split(/^(?=\{)/m).filter((one) => one.trim() !== '');
  return {
    objects: texts.map((text) => comparable(JSON.parse(text))),
    refused: new Map(refused.map(([, file = '', why = '']) => [file, why])),
  };
}

/** An object without the mark, and without fields of `metadata` that are null: both readers may leave those out. */
export function comparable(object: unknown): unknown {
  if (!isFields(object) || !isFields(object.metadata)) return object;
  const { annotations, ...rest } = object.metadata;
  const kept = Object.entries(isFields(annotations) ? annotations : {}).filter(([key]) => key !== MARK);
  const set = Object.entries(rest).filter(([, value]) => value !== null);
  const noted = kept.length === 0 ? {} : { annotations: Object.fromEntries(kept) };
  return { ...object, metadata: { ...Object.fromEntries(set), ...noted } };
}

/** The name of an object, which tells the file that it came from where files are numbered. */
export const nameOf = (object: unknown): string => textAt(object, 'metadata', 'name') ?? '';
