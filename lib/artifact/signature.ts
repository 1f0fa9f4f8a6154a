import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { ServingError } from '../errors/problem';
import { at, fieldsAt, listAt, numberAt, textAt } from '../kube/fields';
import { isSigningKey } from '../kube/signing-key';
import { MANIFEST_TYPE, parseObject } from './artifact';
import { isDigest } from './reference';
import { digestOf, type Repository, type StoredManifest } from './repository';

/** Media type and annotation of signatures stored by cosign. @see https://github.com/sigstore/cosign/blob/main/specs/SIGNATURE_SPEC.md */
const PAYLOAD_TYPE = 'application/vnd.dev.cosign.simplesigning.v1+json';
const SIGNATURE = 'dev.cosignproject.cosign/signature';
const IMAGE_CONFIG_TYPE = 'application/vnd.oci.image.config.v1+json';
const LARGEST_PAYLOAD = 64 * 1024;
/** More signatures than any artifact needs; a registry could list them without end. */
const MOST_SIGNATURES = 50;

/** Reads a private key, ECDSA on P-256, from a PEM file. An encrypted key is opened with the passphrase in `COSIGN_PASSWORD`. */
export function readSigningKey(file: string, passphrase: string | undefined): KeyObject {
  const pem = read(file);
  if (/ENCRYPTED (SIGSTORE|COSIGN) PRIVATE KEY/.test(pem)) {
    const remedy =
      'Convert it to PKCS #8, or create a key with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.';
    throw keyProblem(file, 'is encrypted in a format of cosign alone', remedy);
  }
  return p256(file, () => createPrivateKey({ key: pem, ...(passphrase === undefined ? {} : { passphrase }) }));
}

/** Reads a public key, ECDSA on P-256, from a PEM file such as `cosign.pub`. */
export function readVerifyKey(file: string): KeyObject {
  return p256(file, () => createPublicKey(read(file)));
}

/**
 * Signs an artifact like `cosign sign --key`, in addition to existing signatures. An artifact already signed with this key stays
 * unchanged.
 * @returns whether a signature was added
 */
export async function signArtifact(repository: Repository, name: string, digest: string, key: KeyObject): Promise<boolean> {
  const tag = signatureTag(digest);
  const existing = await repository.findManifest(tag);
  const publicKey = createPublicKey(key);
  if (existing !== undefined && (await isSigned(repository, existing, digest, publicKey))) return false;
  const payload = payloadOf(name, digest);
  const config = Buffer.from('{}');
  const layer = {
    mediaType: PAYLOAD_TYPE,
    digest: digestOf(payload),
    size: payload.length,
    annotations: { [SIGNATURE]: sign('sha256', payload, key).toString('base64') },
  };
  const manifest = {
    schemaVersion: 2,
    mediaType: MANIFEST_TYPE,
    config: { mediaType: IMAGE_CONFIG_TYPE, digest: digestOf(config), size: config.length },
    layers: [...(existing === undefined ? [] : listAt(parseObject(existing.body), 'layers')), layer],
  };
  await repository.putBlob(config);
  await repository.putBlob(payload);
  await repository.putManifest(tag, MANIFEST_TYPE, Buffer.from(JSON.stringify(manifest)));
  return true;
}

/** Checks that an artifact is signed with a key. @throws ServingError SIGNATURE_MISSING, SIGNATURE_INVALID */
export async function verifyArtifact(repository: Repository, subject: string, digest: string, key: KeyObject): Promise<void> {
  const stored = await repository.findManifest(signatureTag(digest));
  if (stored === undefined) {
    const remedy = 'Sign it with `serving push --sign-key`, or `cosign sign --key`.';
    throw new ServingError([{ code: 'SIGNATURE_MISSING', subject, message: 'the artifact is not signed', remedy }]);
  }
  if (await isSigned(repository, stored, digest, key)) return;
  const message = 'no signature of the artifact was made with this key';
  const remedy = 'Use the artifact that your own pipeline has signed, or the key that belongs to it.';
  throw new ServingError([{ code: 'SIGNATURE_INVALID', subject, message, remedy }]);
}

function signatureTag(digest: string): string {
  return `${digest.replace(':', '-')}.sig`;
}

/** The signed payload. cosign compares type and digest, and the signature covers the bytes. */
function payloadOf(name: string, digest: string): Buffer {
  const critical = {
    identity: { 'docker-reference': name },
    image: { 'docker-manifest-digest': digest },
    type: 'cosign container image signature',
  };
  return Buffer.from(JSON.stringify({ critical, optional: null }));
}

async function isSigned(repository: Repository, { body }: StoredManifest, digest: string, key: KeyObject): Promise<boolean> {
  for (const layer of listAt(parseObject(body), 'layers').slice(0, MOST_SIGNATURES)) {
    const payloadDigest = textAt(layer, 'digest') ?? '';
    const size = numberAt(layer, 'size') ?? 0;
    const signature = textAt(fieldsAt(layer, 'annotations'), SIGNATURE);
    if (textAt(layer, 'mediaType') !== PAYLOAD_TYPE || signature === undefined || !isDigest(payloadDigest)) continue;
    if (!Number.isInteger(size) || size <= 0 || size > LARGEST_PAYLOAD) continue;
    const payload = await repository.blob(payloadDigest, size);
    // First the signature: nothing in the payload is trusted before.
    if (!verify('sha256', payload, key, Buffer.from(signature, 'base64'))) continue;
    const critical = at(parseObject(payload), 'critical');
    if (textAt(critical, 'type') !== 'cosign container image signature') continue;
    if (textAt(critical, 'image', 'docker-manifest-digest') === digest) return true;
  }
  return false;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw keyProblem(file, 'cannot be read', 'Correct the path of the key.');
  }
}

function p256(file: string, load: () => KeyObject): KeyObject {
  let key: KeyObject;
  try {
    key = load();
  } catch {
    // Without the library's message, which is about ASN.1.
    throw keyProblem(file, 'is no readable key', 'Use a PEM file; COSIGN_PASSWORD opens an encrypted one.');
  }
  if (isSigningKey(key)) return key;
  throw keyProblem(
    file,
    'is not an ECDSA key on the curve P-256',
    'Create one with `openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256`.',
  );
}

function keyProblem(subject: string, message: string, remedy: string): ServingError {
  return new ServingError([{ code: 'SIGNING_KEY', subject, message, remedy }]);
}
