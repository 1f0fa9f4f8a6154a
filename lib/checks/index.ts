/**
 * Checks of manifests from any tool. A separate module (`cdk8s-serving/checks`), because it includes the API server's type
 * descriptions, which a synth of plain constructs does not need.
 */
import type { KubeObject } from '../kube/object';
import type { CheckContext } from './model/context';
import type { Finding, Rule } from './model/rule';
import { REFERENCE_RULES } from './rules';
import { SCHEMA_RULES } from './rules/api-schema';
import { runRules } from './run-rules';

export { EXCEPTION_PREFIX } from '../kube/contract';
export { type Manifests, type ReadOptions, readManifests } from '../manifests';
export { byEnvironment } from './environments';
export type { CheckContext } from './model/context';
export type { Finding, Rule, Severity } from './model/rule';
export { ServingValidation } from './validation-plugin';
export { REFERENCE_RULES, SCHEMA_RULES };

/** All rules. */
export const RULES: readonly Rule[] = [...SCHEMA_RULES, ...REFERENCE_RULES];

/** Runs all rules over objects. Pure: no clock, no files, no network. */
export function runChecks(objects: readonly KubeObject[], context: CheckContext = {}): readonly Finding[] {
  return runRules(RULES, objects, context);
}
