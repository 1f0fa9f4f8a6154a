import type { KeyObject } from 'node:crypto';
import { ServingError } from '../errors/problem';
import { MANIFEST_TYPE, packArtifact } from './artifact';
import { formatReference, type Reference } from './reference';
import { type RegistryOptions, withRepository } from './registry';
import { signArtifact } from './signature';
import type { ArtifactFile } from './tar';

/** Options for a push. */
export interface PushOptions extends RegistryOptions {
  /** Annotations of the manifest. @default - none */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Key to sign with. @default - not signed */
  readonly signKey?: KeyObject;
}

/** The result of a push. */
export interface Pushed {
  /** The pushed artifact, with its digest. */
  readonly reference: Reference & { readonly digest: string };
  /** Number of blobs that the registry did not have. */
  readonly uploaded: number;
  /** Whether the tag was new or moved. */
  readonly tagged: boolean;
  /** The digest that the tag referenced before, if different. */
  readonly movedFrom?: string;
  /** Whether a signature was added. */
  readonly signed: boolean;
}

/** Pushes files as an artifact. Does not resend what the registry has; sets the tag last, after signing. */
export async function pushArtifact(
  files: readonly ArtifactFile[],
  reference: Reference,
  options: PushOptions = {},
): Promise<Pushed> {
  const { tag, registry, repository: name } = reference;
  const subject = formatReference(reference);
  if (tag === undefined) {
    const remedy = 'Add a tag, such as :1.4.2.';
    throw new ServingError([{ code: 'REFERENCE_INVALID', subject, message: 'names no tag', remedy }]);
  }
  const artifact = packArtifact(files, options.annotations ?? {});
  const { digest } = artifact;
  return withRepository(reference, 'pull,push', options, async (repository) => {
    const before = (await repository.findManifest(tag))?.digest;
    let uploaded = 0;
    if (before !== digest && (await repository.findManifest(digest)) === undefined) {
      for (const blob of [artifact.config, artifact.content]) if (await repository.putBlob(blob)) uploaded += 1;
      await repository.putManifest(digest, MANIFEST_TYPE, artifact.manifest);
    }
    // Before the tag: a client that requires a signature finds it as soon as the tag exists.
    const signed =
      options.signKey !== undefined && (await signArtifact(repository, `${registry}/${name}`, digest, options.signKey));
    if (before !== digest) await repository.putManifest(tag, MANIFEST_TYPE, artifact.manifest);
    return {
      reference: { registry, repository: name, tag, digest },
      uploaded,
      tagged: before !== digest,
      ...(before === undefined || before === digest ? {} : { movedFrom: before }),
      signed,
    };
  });
}
