import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { AnyEnvironment } from '../../lib/project/environment';
import { environmentProblems } from '../../lib/project/environment-problems';

const stacks = [{ name: 'fraud-model' }];
const environment = (change: Readonly<Record<string, unknown>> = {}): AnyEnvironment =>
  ({ name: 'prod', tier: 'prod', stacks: { 'fraud-model': {} }, ...change }) as AnyEnvironment;
const found = (...environments: readonly AnyEnvironment[]) =>
  environmentProblems(environments, stacks).map(({ code, path, message, nearest }) =>
    [code, path, message, nearest].filter(Boolean),
  );

describe('the environments of a project', () => {
  it('have nothing wrong as they should be', () => {
    expect(found(environment(), environment({ name: 'dev', tier: 'dev', stacks: { 'fraud-model': 'off' } }))).toEqual([]);
  });

  it.each(['../prod', 'a b', 'Prod', ''])('cannot be called %j', (name) => {
    expect(found(environment({ name }))).toEqual([['INVALID_NAME', 'name', 'not a valid name']]);
  });

  it('have different names', () => {
    expect(found(environment(), environment())).toEqual([['INVALID_NAME', 'name', 'two environments have this name']]);
  });

  it('have a tier that there is', () => {
    expect(found(environment({ tier: 'production' }))).toEqual([['INVALID_VALUE', 'tier', 'there is none of that name']]);
  });

  it('mention every stack of the project', () => {
    expect(environmentProblems([environment({ stacks: { 'fraud-modle': {} } })], stacks)).toMatchObject([
      { code: 'MISSING_FIELD', path: 'stacks.fraud-model', got: 'fraud-modle' },
    ]);
  });

  it.each([
    ['rubbish', '-----BEGIN PUBLIC KEY-----rubbish'],
    ['a private key', generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' })],
    ['a key of another kind', generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' })],
  ])('name no key that cannot verify signatures: %s', (_, verifyKey) => {
    expect(found(environment({ verifyKey }))).toEqual([['INVALID_VALUE', 'verifyKey', 'cannot verify signatures']]);
  });
});
