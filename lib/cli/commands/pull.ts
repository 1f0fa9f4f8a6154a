import { ServingError } from '../../errors/problem';
import type { SourceFlags } from '../open-sources';
import { printLine } from '../print/line';
import type { Output } from '../print/output';

/** Flags of `serving pull`. */
export interface PullFlags extends SourceFlags {
  readonly to?: string;
  readonly output?: Output;
}

/** `serving pull <reference>`: writes the directory of an artifact, once every byte of it is accepted. */
export async function pullCommand(source: string, flags: PullFlags): Promise<number> {
  const artifacts = require('../../artifact/index') as typeof import('../../artifact');
  const reference = artifacts.parseReference(source);
  const { verifyKey = process.env.SERVING_VERIFY_KEY, caFile } = flags;
  const directory = flags.to ?? reference.repository.split('/').at(-1) ?? '.';
  const pulled = await artifacts.pullArtifact(reference, {
    ...(verifyKey === undefined || verifyKey === '' ? {} : { verifyKey: artifacts.readVerifyKey(verifyKey) }),
    ...(caFile === undefined ? {} : { caFile }),
  });
  const { problems } = artifacts.sourceFilesOf(pulled);
  if (problems.length > 0) throw new ServingError(problems);
  artifacts.writeDirectory(directory, pulled.files);
  const name = artifacts.formatReference(pulled.reference);
  if (flags.output === 'json' || flags.output === 'ndjson') {
    const { annotations, files } = pulled;
    const { digest } = pulled.reference;
    printLine(JSON.stringify({ reference: name, digest, directory, files: files.map(({ path }) => path), annotations }));
  } else printLine(`${directory}  ${pulled.files.length} files of ${name}`);
  return 0;
}
