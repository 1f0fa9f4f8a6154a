import type { Obj } from '../kube/fields';
import { decode } from './decode';
import type { StructType } from './types';

/** Something in a manifest that an API server would refuse under strict field validation. */
export interface SchemaProblem {
  /** `spec.template.spec.containers[0].foo`; empty when the server's words do not say. */
  readonly path: string;
  readonly message: string;
}

/** Strict validation of an object against its type, offline: unknown fields and wrong types. It does not load the server. */
export function validate(object: Obj, type: StructType): SchemaProblem[] {
  const { unknown, mismatch } = decode(object, type, { bare: true });
  const problems = unknown.map((path): SchemaProblem => ({ path, message: `unknown field "${path}"` }));
  if (mismatch !== undefined) problems.push({ path: /field [^.]+\.(\S+) of/.exec(mismatch)?.[1] ?? '', message: mismatch });
  return problems;
}
