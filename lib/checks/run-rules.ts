import type { KubeObject } from '../kube/object';
import { namedPath } from '../kube/path';
import { applyExceptions } from './exceptions';
import type { CheckContext } from './model/context';
import type { Finding, Rule } from './model/rule';
import { place } from './placement';

/** Runs rules over objects and applies the objects' exceptions. */
export function runRules(rules: readonly Rule[], objects: readonly KubeObject[], context: CheckContext): readonly Finding[] {
  const placement = place(objects, context.namespace);
  const findings = rules.flatMap((rule) =>
    rule.check(placement.objects, context).map((finding) => ({
      ...finding,
      ...(finding.path === undefined ? {} : { path: namedPath(finding.object, finding.path) }),
      object: placement.original(finding.object),
    })),
  );
  return applyExceptions(findings, objects, context, rules);
}
