import { createHash, createPublicKey, type KeyObject } from 'node:crypto';

/** SHA-256 of a public key in DER, `sha256:…`. Throws for text that is not a PEM key. */
export function keyFingerprint(key: KeyObject | string): string {
  const der = (typeof key === 'string' ? createPublicKey(key) : key).export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/** Whether a key can sign records and artifacts: ECDSA on the curve P-256. */
export function isSigningKey({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  return asymmetricKeyType === 'ec' && asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
