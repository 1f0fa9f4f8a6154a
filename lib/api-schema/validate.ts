import type { Obj } from '../kube/fields';
import { decode } from './decode';
import type { StructType } from './types';

/** A mistake in a manifest that an API server would reject under strict field validation. */
export interface SchemaProblem {
  /** `spec.template.spec.containers[0].foo`; empty when the server's message has no path. */
  readonly path: string;
  readonly message: string;
}

/** Strict offline validation of an object against its type: unknown fields and wrong types. Does not load the server. */
export function validate(object: Obj, type: StructType): SchemaProblem[] {
  const { unknown, mismatch } = decode(object, type, { bare: true });
  const problems = unknown.map((path): SchemaProblem => ({ path, message: `unknown field "${path}"` }));
  if (mismatch !== undefined) problems.push({ path: /field [^.]+\.(\S+) of/.exec(mismatch)?.[1] ?? '', message: mismatch });
  return problems;
}
