import { Failure } from '../../api-schema/failure';
import { objAt } from '../../api-schema/json';
import { at, type Obj, textOrEmpty } from '../../kube/fields';
import type { AccessRule, World } from '../core/world';

export interface Attributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

const covers = (list: readonly string[], value: string): boolean => list.includes('*') || list.includes(value);

/** Whether the rules permit a request of the user. */
export function isAllowed(rules: readonly AccessRule[], { verb, group, resource, namespace, name }: Attributes): boolean {
  return rules.some((rule) => {
    if (!covers(rule.verbs, verb) || !covers(rule.apiGroups, group) || !covers(rule.resources, resource)) return false;
    if (rule.resourceNames !== undefined && !rule.resourceNames.includes(name)) return false;
    return rule.namespaces === undefined || (namespace !== '' && rule.namespaces.includes(namespace));
  });
}

/** Responds to a SelfSubjectAccessReview. */
export function reviewAccess(world: World, review: Obj): Obj {
  const asks = ['resourceAttributes', 'nonResourceAttributes'].filter((field) => at(review, 'spec', field) !== undefined);
  if (asks.length !== 1) {
    const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
    const message = `Invalid value: null: ${why}`;
    const causes = [{ reason: 'FieldValueInvalid', message, field: 'spec.resourceAttributes' }];
    const text = `.authorization.k8s.io "" is invalid: spec.resourceAttributes: ${message}`;
    throw new Failure(422, 'Invalid', text, { group: 'authorization.k8s.io', causes });
  }
  const attributes = objAt(review, 'spec', 'resourceAttributes');
  const subresource = textOrEmpty(attributes, 'subresource');
  const resource = `${textOrEmpty(attributes, 'resource')}${subresource === '' ? '' : `/${subresource}`}`;
  const asked = {
    verb: textOrEmpty(attributes, 'verb'),
    group: textOrEmpty(attributes, 'group'),
    resource,
    namespace: textOrEmpty(attributes, 'namespace'),
    name: textOrEmpty(attributes, 'name'),
  };
  const allowed = at(review, 'spec', 'nonResourceAttributes') !== undefined || isAllowed(world.rules, asked);
  return { ...review, status: { allowed, ...(allowed ? { reason: 'allowed by the rules of the sandbox' } : {}) } };
}

/** Responds to a SelfSubjectRulesReview. */
export function reviewRules(world: World, review: Obj): Obj {
  const namespace = textOrEmpty(review, 'spec', 'namespace');
  const mine = world.rules.filter((rule) => rule.namespaces === undefined || rule.namespaces.includes(namespace));
  const resourceRules = mine.map((rule) => ({
    verbs: [...rule.verbs],
    apiGroups: [...rule.apiGroups],
    resources: [...rule.resources],
    ...(rule.resourceNames === undefined ? {} : { resourceNames: [...rule.resourceNames] }),
  }));
  return {
    ...review,
    status: { resourceRules, nonResourceRules: [{ verbs: ['*'], nonResourceURLs: ['*'] }], incomplete: false },
  };
}
