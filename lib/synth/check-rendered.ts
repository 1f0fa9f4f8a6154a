import type { Finding, Rule } from '../checks/model/rule';
import { REFERENCE_RULES } from '../checks/rules';
import { clusterSingleton, duplicateObject } from '../checks/rules/duplicate-object';
import { runRules } from '../checks/run-rules';
import type { KubeObject } from '../kube/object';
import type { RenderedStack } from './render/render-stack';

const BESIDE: readonly Rule[] = [clusterSingleton, duplicateObject];
const INSIDE = REFERENCE_RULES.filter((rule) => !BESIDE.includes(rule));

/** Findings in rendered stacks: in each stack, and across the stacks of one environment. */
export function checkRendered(rendered: readonly RenderedStack[], schemaRules: () => readonly Rule[]): readonly Finding[] {
  const subject = ({ environment, stack }: RenderedStack) => `${environment}/${stack}`;
  const inside = rendered.flatMap((stack) => {
    const objects = objectsOf(stack);
    const { foreign, context } = stack;
    const schema = foreign.length === 0 ? [] : runRules(schemaRules(), foreign, context);
    const findings = [...runRules(INSIDE, objects, context), ...schema];
    return findings.map((finding) => ({ ...finding, subject: `${subject(stack)}: ${finding.subject}` }));
  });
  const environments = new Set(rendered.map(({ environment }) => environment));
  const beside = [...environments].flatMap((environment) => {
    const stacks = rendered.filter((stack) => stack.environment === environment);
    const findings = BESIDE.flatMap((rule) => rule.check(stacks.flatMap(objectsOf)));
    return findings.map((finding) => {
      const owner = stacks.find((stack) => objectsOf(stack).includes(finding.object));
      return { ...finding, subject: `${owner === undefined ? environment : subject(owner)}: ${finding.subject}` };
    });
  });
  return [...inside, ...beside];
}

/** All objects of a rendered stack, including gates. */
export function objectsOf({ files }: RenderedStack): readonly KubeObject[] {
  return files.flatMap(({ objects }) => objects);
}
