import type { Command } from 'commander';
import type { ManifestFiles } from '../../manifests';

/** Flags of every command that reads manifests: how artifacts are pulled. */
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

/** The file of the key that has to have signed artifacts. */
export function verifyKeyOf({ verifyKey = process.env.SERVING_VERIFY_KEY }: SourceFlags): string | undefined {
  return verifyKey === '' ? undefined : verifyKey;
}

/** How artifacts are pulled, from the flags and the environment. */
export function pullOptions({ readVerifyKey }: typeof import('../../artifact'), flags: SourceFlags) {
  const verifyKey = verifyKeyOf(flags);
  const { caFile } = flags;
  return {
    ...(verifyKey === undefined ? {} : { verifyKey: readVerifyKey(verifyKey) }),
    ...(caFile === undefined ? {} : { caFile }),
  };
}

/**
 * Pulls the artifacts among some paths, so that they are read like directories. A tag is resolved here, once, and the digest is
 * printed. Nothing is loaded when no path names a registry.
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
