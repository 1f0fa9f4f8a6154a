import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type Signer, signerFrom } from '../../../lib/release/record/signing';
import { commandSigner } from '../../../lib/release/record/signing-command';

const dir = mkdtempSync(join(tmpdir(), 'signing-'));
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
const key = join(dir, 'key.pem');
writeFileSync(key, privateKey.export({ type: 'pkcs8', format: 'pem' }));

function verifier(pem: string): Signer {
  const signer = signerFrom(pem);
  if (signer === undefined) throw new Error('no key');
  return signer;
}
const known = verifier(publicKey.export({ type: 'spki', format: 'pem' }).toString());

/** A program of these lines. */
function script(...lines: readonly string[]): string {
  const file = join(dir, `run-${Math.random().toString(36).slice(2)}`);
  writeFileSync(file, ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
  return file;
}

describe('a command that signs', () => {
  it.each([
    ['DER', `openssl dgst -sha256 -sign ${key}`],
    ['base64', script(`openssl dgst -sha256 -sign ${key} | openssl base64 -A`)],
  ])('gives a signature in %s that the public key verifies', async (_, command) => {
    const signature = await commandSigner(command, known).sign('purpose', 'text');
    expect(known.verifies('purpose', 'text', signature)).toBe(true);
    expect(known.verifies('other', 'text', signature)).toBe(false);
  });

  it('runs without a shell', async () => {
    const trace = join(dir, 'trace');
    await expect(commandSigner(`${key} ; touch ${trace}`, known).sign('p', 't')).rejects.toThrow('SIGNING_KEY');
    await expect(commandSigner(`cat $(touch ${trace})`, known).sign('p', 't')).rejects.toThrow();
    expect(() => writeFileSync(trace, '', { flag: 'wx' })).not.toThrow();
  });

  it.each([
    ['no such file', join(dir, 'nowhere'), 'ENOENT'],
    ['a failure', script('echo denied >&2', 'exit 3'), 'exit code 3: denied'],
    ['too much output', script('cat /dev/zero'), 'more than 4096 bytes'],
    ['what is no signature', 'echo AAAA', 'does not belong to the public key'],
  ])('is refused with a sentence: %s', async (_, command, message) => {
    await expect(commandSigner(command, known).sign('p', 't'.repeat(1e6))).rejects.toThrow(message);
  });

  it('that signs with another key is refused', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey.export({ type: 'spki', format: 'pem' });
    const signer = commandSigner(`openssl dgst -sha256 -sign ${key}`, verifier(other.toString()));
    await expect(signer.sign('p', 't')).rejects.toThrow('does not belong to the public key');
  });
});
