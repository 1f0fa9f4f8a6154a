import { ARTIFACT_CODES } from './codes/artifact';
import type { CodeInfo } from './codes/code-info';
import { CONFIG_CODES } from './codes/config';
import { MANIFESTS_CODES } from './codes/manifests';
import { RELEASE_CODES } from './codes/release';

export type { CodeInfo } from './codes/code-info';

/** Every problem code, in the order in which a user encounters them. */
export const CODES = {
  ...CONFIG_CODES,
  ...MANIFESTS_CODES,
  ...RELEASE_CODES,
  ...ARTIFACT_CODES,
} as const satisfies Record<string, CodeInfo>;

/** The code of a problem. */
export type ProblemCode = keyof typeof CODES;
