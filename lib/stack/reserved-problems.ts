import { isDeepStrictEqual } from 'node:util';
import type { Problem } from '../errors/problem';
import type { Env, Mount } from '../kube/pod';

type Found = Omit<Problem, 'subject'>;

/** User variables that the component sets itself: one of the two values would be silently lost. */
export function reservedVariables(own: Env, users: Env = {}): readonly Found[] {
  const taken = Object.keys(users).filter((name) => Object.hasOwn(own, name) && !isDeepStrictEqual(own[name], users[name]));
  return taken.map((name) => ({
    code: 'INVALID_VALUE',
    path: `env.${name}`,
    message: 'the component sets this variable itself',
    got: name,
    expected: 'the prop that it follows from, or another name',
    remedy: 'Change the prop instead, or patch the object where it has to differ.',
  }));
}

/** User volumes with a name or a path that the component uses, or that appear twice. */
export function reservedVolumes(own: readonly Mount[], users: readonly Mount[] = []): readonly Found[] {
  return users.flatMap(({ name, mountPath, source, subPath }, index): readonly Found[] => {
    const before = [...own, ...users.slice(0, index)];
    const sameName = before.find((other) => other.name === name && !isDeepStrictEqual(other.source, source));
    const samePath = before.find(
      (other) => mountPath !== undefined && other.mountPath === mountPath && other.subPath === subPath,
    );
    return [
      ...(sameName === undefined ? [] : [taken(`volumes[${index}].name`, name, 'another volume of the pods has this name')]),
      ...(samePath === undefined
        ? []
        : [taken(`volumes[${index}].mountPath`, mountPath, 'another volume is mounted at this path')]),
    ];
  });
}

function taken(path: string, got: unknown, message: string): Found {
  return { code: 'INVALID_VALUE', path, message, got, expected: 'one that is free', remedy: 'Choose another one.' };
}
