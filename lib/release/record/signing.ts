import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { KubeApi } from '../../client/api';
import { ApiError } from '../../client/errors';
import { ServingError } from '../../errors/problem';
import { isSigningKey } from '../../kube/signing-key';
import type { RecordSigner } from '../model/engine';
import type { Head } from '../model/record';

/** The environment variable with the key, or the path of its file. */
export const SIGNING_KEY = 'SERVING_SIGNING_KEY';

/** Signs and verifies bytes, separated by purpose. */
export interface Signer {
  /** Returns an ECDSA P-256 signature in base64. Throws when only the public key is available. */
  sign(purpose: string, text: string): string | Promise<string>;
  /** Whether the holder of the private key has signed this text for this purpose. */
  verifies(purpose: string, text: string, signature: string | undefined): boolean;
}

/**
 * The signer for a key: a private key signs and verifies, a public key only verifies. ECDSA P-256, so that verifying does not
 * require the ability to sign. Undefined without a key.
 * @param value PEM text, or the path of a PEM file
 */
export function signerFrom(value: string | undefined): Signer | undefined {
  if (value === undefined || value === '') return undefined;
  const pem = value.includes('-----BEGIN') ? value : readKey(value);
  const { privateKey, publicKey } = keysOf(pem);
  const bytes = (purpose: string, text: string) => Buffer.from(`${purpose}\n${text}`);
  return {
    sign: (purpose, text) => {
      if (privateKey === undefined)
        throw keyProblem('holds a public key, which cannot sign', 'Give the private key to processes that release.');
      return sign('sha256', bytes(purpose, text), privateKey).toString('base64');
    },
    verifies: (purpose, text, signature) =>
      signature !== undefined && verify('sha256', bytes(purpose, text), publicKey, Buffer.from(signature, 'base64')),
  };
}

/** A signer for the records of one cluster: signatures from elsewhere, or for another release, prove nothing here. */
export function recordSigner(signer: Signer, api: KubeApi): RecordSigner {
  let cluster: Promise<string> | undefined;
  const purpose = async ({ namespace, release }: Head) => {
    cluster ??= clusterId(api);
    return `cdk8s-serving/record ${await cluster} ${namespace} ${release}`;
  };
  return {
    sign: async (head, packed) => await signer.sign(await purpose(head), packed),
    verify: async (head, packed, signature) => {
      if (signer.verifies(await purpose(head), packed, signature)) return;
      const { namespace, release } = head;
      const message = signature === undefined ? 'the record is not signed' : 'the signature of the record is wrong';
      const remedy = `Find out who wrote it, then rebuild it from the live objects with \`serving repair ${release} -n ${namespace}\`.`;
      throw new ServingError([{ code: 'RECORD_UNSIGNED', subject: `${namespace}/${release}`, message, remedy }]);
    },
  };
}

/** The uid of the namespace kube-system, which identifies a cluster. Empty for users who may not read it. */
export async function clusterId(api: KubeApi): Promise<string> {
  try {
    const object = await api.get({ apiVersion: 'v1', kind: 'Namespace', name: 'kube-system' });
    return object?.metadata.uid ?? '';
  } catch (error) {
    if (error instanceof ApiError && error.status === 403) return '';
    throw error;
  }
}

function keysOf(pem: string): { readonly privateKey?: KeyObject; readonly publicKey: KeyObject } {
  try {
    const privateKey = pem.includes('PRIVATE KEY') ? createPrivateKey(pem) : undefined;
    const publicKey = createPublicKey(pem);
    if (!isSigningKey(publicKey)) throw new Error('another kind of key');
    return { publicKey, ...(privateKey === undefined ? {} : { privateKey }) };
  } catch {
    // The error would quote the key.
    throw keyProblem(
      'is not an ECDSA P-256 key in PEM',
      'Make one: openssl ecparam -name prime256v1 -genkey -noout -out key.pem',
    );
  }
}

function readKey(path: string): string {
  if (!existsSync(path)) throw keyProblem('is neither PEM text nor the path of a file', 'Give the path of a PEM file.');
  return readFileSync(path, 'utf8');
}

function keyProblem(message: string, remedy: string): ServingError {
  return new ServingError([{ code: 'SIGNING_KEY', subject: SIGNING_KEY, message, remedy }]);
}
