import type { KubeObject } from '../kube/object';
import type { CheckContext } from './context';
import { applyExceptions } from './exceptions';
import type { Finding, Rule } from './rule';

/** Runs rules over objects and applies the exceptions that the objects carry. */
export function runRules(rules: readonly Rule[], objects: readonly KubeObject[], context: CheckContext): readonly Finding[] {
  const findings = rules.flatMap((rule) => rule.check(objects, context));
  return applyExceptions(findings, objects, context, rules);
}
