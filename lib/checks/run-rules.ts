import type { KubeObject } from '../kube/object';
import type { CheckContext } from './context';
import { applyExceptions } from './exceptions';
import { place } from './placement';
import type { Finding, Rule } from './rule';

/** Runs rules over objects and applies the exceptions that the objects carry. */
export function runRules(rules: readonly Rule[], objects: readonly KubeObject[], context: CheckContext): readonly Finding[] {
  const placement = place(objects, context.namespace);
  const findings = rules.flatMap((rule) =>
    rule.check(placement.objects, context).map((finding) => ({ ...finding, object: placement.original(finding.object) })),
  );
  return applyExceptions(findings, objects, context, rules);
}
