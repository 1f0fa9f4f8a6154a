import { createHash } from 'node:crypto';

/** 96 bits of SHA-256 as lower-case hex: fits into object names and labels. */
export function digestOf(text: string | Uint8Array): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 24);
}
