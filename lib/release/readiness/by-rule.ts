import { FAILED_WHEN_ANNOTATION, READY_WHEN_ANNOTATION } from '../../kube/contract';
import { isFields } from '../../kube/fields';
import { groupOf, type KubeObject } from '../../kube/object';
import { evaluate, parseExpression } from './expression';
import { current, failed, inProgress, type Status } from './result';
import { READINESS_RULES, type ReadinessRule } from './rules';

const byKind = new Map(READINESS_RULES.map((rule) => [rule.kind, rule]));

/** The rule of an object: from its own annotations, or from its kind. */
export function ruleOf(object: KubeObject): ReadinessRule | undefined {
  const { [READY_WHEN_ANNOTATION]: ready, [FAILED_WHEN_ANNOTATION]: failedWhen } = object.metadata.annotations ?? {};
  const kind = `${groupOf(object.apiVersion)}/${object.kind}`;
  if (ready === undefined) return byKind.get(kind);
  return { kind, ready: listed(ready), ...(failedWhen === undefined ? {} : { failed: listed(failedWhen) }) };
}

const listed = (text: string) => text.split(';').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));

/** The status of an object by an expression rule. */
export function statusByRule(object: KubeObject, rule: ReadinessRule): Status {
  const { ready, failed: fatal = [], readyWithoutStatus = false } = rule;
  const status = object.status;
  if (readyWithoutStatus && (!isFields(status) || Object.keys(status).length === 0)) return current('Exists');
  for (const text of fatal) {
    const expression = parseExpression(text);
    if (expression !== undefined && evaluate(expression, object).holds) return failed('FailedWhen', text);
  }
  for (const text of ready) {
    const expression = parseExpression(text);
    if (expression === undefined)
      return { status: 'Unknown', reason: 'InvalidExpression', message: `Not an expression: ${text}` };
    const { holds, got } = evaluate(expression, object);
    if (!holds) return inProgress(reasonOf(text, object), `${explanationOf(text, object) ?? `${text}, got ${got ?? 'nothing'}`}`);
  }
  return current('Ready');
}

/** The condition that an expression refers to, if present. */
function conditionOf(text: string, object: KubeObject): Readonly<Record<string, unknown>> | undefined {
  const type = /conditions\[type=([^\]]+)\]/.exec(text)?.[1];
  const parents = isFields(object.status) && Array.isArray(object.status.parents) ? object.status.parents : [];
  const lists = [object.status, ...parents].flatMap((one) =>
    isFields(one) && Array.isArray(one.conditions) ? one.conditions : [],
  );
  return lists.filter(isFields).find((one) => one.type === type && one.status !== 'True');
}

function reasonOf(text: string, object: KubeObject): string {
  const reason = conditionOf(text, object)?.reason;
  return typeof reason === 'string' && reason !== '' ? reason : 'NotReady';
}

function explanationOf(text: string, object: KubeObject): string | undefined {
  const message = conditionOf(text, object)?.message;
  return typeof message === 'string' && message !== '' ? message : undefined;
}
