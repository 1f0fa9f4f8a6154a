import { createPublicKey } from 'node:crypto';
import { nearestName } from '../errors/nearest';
import type { Problem } from '../errors/problem';
import { unknownName } from '../errors/unknown-name';
import { isDnsLabel } from '../kube/names';
import { isSigningKey } from '../kube/signing-key';
import { type AnyEnvironment, TIERS } from './environment';

/**
 * Problems in the environments of a project, independent of its stacks. The compiler finds these too, but emitted code and plain
 * JavaScript get here unchecked.
 */
export function environmentProblems(
  environments: readonly AnyEnvironment[],
  stacks: readonly { readonly name: string }[],
): readonly Problem[] {
  const known = stacks.map(({ name }) => name);
  return environments.flatMap((environment, index): readonly Problem[] => {
    const { name, tier } = environment;
    const subject = `environment ${name}`;
    const twice = environments.findIndex((other) => other.name === name) < index;
    return [
      ...(isDnsLabel(name) ? [] : [invalidName(subject, name)]),
      ...(twice ? [duplicate(subject, name)] : []),
      ...(environment.verifyKey === undefined ? [] : keyProblems(subject, environment.verifyKey)),
      ...(TIERS.includes(tier)
        ? []
        : [{ ...unknownName('INVALID_VALUE', subject, tier, TIERS, 'Correct the tier.'), path: 'tier' }]),
      ...known
        .filter((stack) => !(stack in environment.stacks))
        .map((stack): Problem => {
          const got = nearestName(
            stack,
            Object.keys(environment.stacks).filter((other) => !known.includes(other)),
          );
          const remedy = `Add its values, or leave it out with '${stack}': 'off'.`;
          const message = 'the stack is not mentioned';
          return {
            code: 'MISSING_FIELD',
            subject,
            path: `stacks.${stack}`,
            message,
            remedy,
            ...(got === undefined ? {} : { got }),
          };
        }),
    ];
  });
}

function invalidName(subject: string, got: string): Problem {
  const expected = 'lower-case letters, digits and dashes, at most 63';
  const remedy = 'Rename it: the name is a directory below dist.';
  return { code: 'INVALID_NAME', subject, path: 'name', message: 'not a valid name', got, expected, remedy };
}

function duplicate(subject: string, got: string): Problem {
  const remedy = 'Rename one of them: both would be written to the same directory.';
  return { code: 'INVALID_NAME', subject, path: 'name', message: 'two environments have this name', got, remedy };
}

/** Checks that an environment's key can verify signatures. */
function keyProblems(subject: string, pem: string): readonly Problem[] {
  const path = 'verifyKey';
  const expected = 'a public key in PEM, ECDSA on the curve P-256';
  try {
    if (isSigningKey(createPublicKey(pem)) && !pem.includes('PRIVATE')) return [];
  } catch {
    // Omits the library's message, which is about ASN.1.
  }
  const remedy = 'Write the content of cosign.pub, or of `openssl pkey -in cosign.pem -pubout`.';
  return [{ code: 'INVALID_VALUE', subject, path, message: 'cannot verify signatures', expected, remedy }];
}
