import type { Command } from 'commander';
import type { ManifestFiles } from '../../manifests';

/** Flags of every command that reads manifests, for pulling artifacts. */
export interface SourceFlags {
  readonly verifyKey?: string;
  readonly caFile?: string;
}

/** Adds the flags of commands that read manifests. */
export function registryOptions(command: Command): Command {
  return command
    .option('--verify-key <file>', 'public key that has to have signed an oci:// artifact (default: SERVING_VERIFY_KEY)')
    .option('--ca-file <file>', "certificate authority of the artifact's registry");
}

/** File with the key that must have signed artifacts. */
export function verifyKeyOf({ verifyKey = process.env.SERVING_VERIFY_KEY }: SourceFlags): string | undefined {
  return verifyKey === '' ? undefined : verifyKey;
}

/** Pull options, from the flags and the environment. */
export function pullOptions({ readVerifyKey }: typeof import('../../artifact'), flags: SourceFlags) {
  const verifyKey = verifyKeyOf(flags);
  const { caFile } = flags;
  return {
    ...(verifyKey === undefined ? {} : { verifyKey: readVerifyKey(verifyKey) }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

/**
 * Pulls the artifacts among some paths, so that they are read like directories. Resolves each tag once, here, and prints
 * the digest. Loads nothing if no path names a registry.
 */
export async function openSources(paths: readonly string[], flags: SourceFlags): Promise<ReadonlyMap<string, ManifestFiles>> {
  const references = paths.filter((path) => path.startsWith('oci://'));
  const sources = new Map<string, ManifestFiles>();
  if (references.length === 0) return sources;
  const artifacts = require('../../artifact') as typeof import('../../artifact');
  const options = pullOptions(artifacts, flags);
  for (const path of new Set(references)) {
    const pulled = await artifacts.pullArtifact(artifacts.parseReference(path), options);
    const source = artifacts.sourceFilesOf(pulled);
    // On standard error, because standard output may be JSON.
    process.stderr.write(`${path} is ${pulled.reference.digest}\n`);
    sources.set(path, source);
  }
  return sources;
}
