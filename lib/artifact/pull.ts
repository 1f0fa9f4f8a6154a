import type { KeyObject } from 'node:crypto';
import { ServingError } from '../errors/problem';
import { keyFingerprint } from '../kube/signing-key';
import { readManifest, unpackContent } from './artifact';
import { formatReference, type Reference } from './reference';
import { type RegistryOptions, withRepository } from './registry';
import { verifyArtifact } from './signature';
import type { ArtifactFile } from './tar';

/** A pulled artifact, every byte checked against its digest. */
export interface Pulled {
  /** The pulled artifact, with its digest. */
  readonly reference: Reference & { readonly digest: string };
  readonly annotations: Readonly<Record<string, string>>;
  readonly files: readonly ArtifactFile[];
  /** Fingerprint of the key whose signature was verified. @default - not verified */
  readonly signedBy?: string;
}

/** Options for a pull. */
export interface PullOptions extends RegistryOptions {
  /** Key that must have signed the artifact. @default - not verified */
  readonly verifyKey?: KeyObject;
}

/** Pulls an artifact into memory. Resolves a tag once, and uses only digests afterwards. Writes nothing. */
export async function pullArtifact(reference: Reference, options: PullOptions = {}): Promise<Pulled> {
  const subject = formatReference(reference);
  const wanted = reference.digest ?? reference.tag;
  if (wanted === undefined) {
    const remedy = 'Add the tag, or the digest that `serving push` has printed.';
    throw new ServingError([{ code: 'REFERENCE_INVALID', subject, message: 'names neither tag nor digest', remedy }]);
  }
  return withRepository(reference, 'pull', options, async (repository) => {
    const manifest = await repository.manifest(wanted);
    const { digest } = manifest;
    const { verifyKey } = options;
    if (verifyKey !== undefined) await verifyArtifact(repository, subject, digest, verifyKey);
    const { layer, annotations } = readManifest(manifest, subject);
    const files = unpackContent(await repository.blob(layer.digest, layer.size), layer.title, subject);
    const signature = verifyKey === undefined ? {} : { signedBy: keyFingerprint(verifyKey) };
    return { reference: { ...reference, digest }, annotations, files, ...signature };
  });
}
