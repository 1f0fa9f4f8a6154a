import { type Obj, textOrEmpty, type Value } from '../kube/fields';
import { badRequest } from './failure';
import { objsAt, textsAt } from './json';
import type { KindSchema } from './schema';

type Labels = Readonly<Record<string, string>>;
type Test<T> = (value: T) => boolean;

/** The `matchLabels` and `matchExpressions` of a selector, as a test. A missing selector matches nothing, an empty one everything. */
export function matchSelector(selector: Value | undefined): Test<Labels> {
  if (selector === undefined || selector === null) return () => false;
  const wanted = Object.entries(textsAt(selector, 'matchLabels'));
  const expressions = objsAt(selector, 'matchExpressions').map((expression) => {
    const values = Array.isArray(expression.values) ? expression.values.map(String) : [];
    return requirement(textOrEmpty(expression, 'key'), textOrEmpty(expression, 'operator'), values);
  });
  return (labels) => wanted.every(([key, value]) => labels[key] === value) && expressions.every((test) => test(labels));
}

function requirement(key: string, operator: string, values: readonly string[]): Test<Labels> {
  switch (operator) {
    case 'In':
      return (labels) => values.includes(labels[key] ?? '\0');
    case 'NotIn':
      return (labels) => !values.includes(labels[key] ?? '\0');
    case 'Exists':
      return (labels) => labels[key] !== undefined;
    case 'Gt':
      return (labels) => Number(labels[key]) > Number(values[0]);
    case 'Lt':
      return (labels) => Number(labels[key]) < Number(values[0]);
    default:
      return (labels) => labels[key] === undefined;
  }
}

const TERM = /^\s*(?:(!)\s*([\w./-]+)|([\w./-]+)\s*(?:(==|=|!=)\s*([\w.-]*)|\s(in|notin)\s*\(([^)]*)\))?)\s*(?:,|$)/;

/** A `labelSelector` from a URL, as a test. */
export function parseLabelSelector(text: string): Test<Labels> {
  const tests: Test<Labels>[] = [];
  let rest = text;
  while (rest.trim() !== '') {
    const match = TERM.exec(rest);
    if (match === null) {
      const found = /^\s*[\w./-]+\s+(\S+)/.exec(rest)?.[1] ?? rest.trim();
      throw badRequest(`unable to parse requirement: found '${found}', expected: in, notin, =, ==, !=, gt, lt`);
    }
    const [whole, not, absent = '', key = '', operator, value = '', set, values = ''] = match;
    const list = values.split(',').map((item) => item.trim());
    if (not !== undefined) tests.push(requirement(absent, 'DoesNotExist', []));
    else if (set !== undefined) tests.push(requirement(key, set === 'in' ? 'In' : 'NotIn', list));
    else if (operator === '!=') tests.push(requirement(key, 'NotIn', [value]));
    else if (operator !== undefined) tests.push(requirement(key, 'In', [value]));
    else tests.push(requirement(key, 'Exists', []));
    rest = rest.slice(whole.length);
  }
  return (labels) => tests.every((test) => test(labels));
}

const FIELDS: Readonly<Record<string, readonly string[]>> = {
  Pod: ['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName', 'status.phase', 'status.podIP'],
  Event: [
    ...['kind', 'namespace', 'name', 'uid', 'apiVersion', 'resourceVersion', 'fieldPath'].map(
      (field) => `involvedObject.${field}`,
    ),
    'reason',
    'reportingComponent',
    'source',
    'type',
  ],
  Secret: ['type'],
  Namespace: ['status.phase'],
  Node: ['spec.unschedulable'],
  ReplicaSet: ['status.replicas'],
  Job: ['status.successful'],
};

/** A `fieldSelector` from a URL, as a test. Rejects fields that the kind does not support. */
export function parseFieldSelector(text: string, kind: KindSchema): Test<Obj> {
  const known = ['metadata.name', 'metadata.namespace', ...(FIELDS[kind.kind] ?? [])];
  const tests = text
    .split(',')
    .filter((term) => term !== '')
    .map((term): Test<Obj> => {
      const match = /^([^=!]+)(==|=|!=)(.*)$/.exec(term);
      if (match === null) throw badRequest(`invalid selector: '${text}'; can't understand '${term}'`);
      const [, field = '', operator, value = ''] = match;
      if (!known.includes(field)) {
        if (FIELDS[kind.kind] !== undefined) throw badRequest(`field label not supported: ${field}`);
        throw badRequest(`"${field}" is not a known field selector: only "metadata.name", "metadata.namespace"`);
      }
      return (object) => (textOrEmpty(object, ...field.split('.')) === value) === (operator !== '!=');
    });
  return (object) => tests.every((test) => test(object));
}
