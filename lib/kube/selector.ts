import { type Fields, fieldsAt, listAt, textAt } from './fields';
import type { KubeObject } from './object';

/** Whether labels satisfy a label selector (`matchLabels` and `matchExpressions`). An empty selector matches everything. */
export function matchesSelector(labels: Fields, selector: unknown): boolean {
  return hasLabels(labels, fieldsAt(selector, 'matchLabels')) && matchesExpressions(labels, listAt(selector, 'matchExpressions'));
}

/** Whether labels include all of a plain selector, such as a Service's. An empty selector matches everything. */
export function hasLabels(labels: Fields, selector: Fields): boolean {
  return Object.entries(selector).every(([key, value]) => labels[key] === value);
}

/** Label keys by which Services and workloads select pods with these labels, through a matching `spec.selector`. */
export function selectingKeys(objects: readonly KubeObject[], labels: Fields): ReadonlySet<string> {
  const selectors = objects.map((object) => {
    const selector = fieldsAt(object, 'spec', 'selector');
    return object.kind === 'Service' ? selector : fieldsAt(selector, 'matchLabels');
  });
  return new Set(selectors.filter((selector) => hasLabels(labels, selector)).flatMap((selector) => Object.keys(selector)));
}

/** Whether labels satisfy every expression. An unknown operator counts as satisfied: it is left to the scheduler. */
export function matchesExpressions(labels: Fields, expressions: readonly unknown[]): boolean {
  return expressions.every((expression) => {
    const value = labels[textAt(expression, 'key') ?? ''];
    const values = listAt(expression, 'values');
    switch (textAt(expression, 'operator')) {
      case 'In':
        return values.includes(value);
      case 'NotIn':
        return !values.includes(value);
      case 'Exists':
        return value !== undefined;
      case 'DoesNotExist':
        return value === undefined;
      case 'Gt':
        return Number(value) > Number(values[0]);
      case 'Lt':
        return Number(value) < Number(values[0]);
      default:
        return true;
    }
  });
}
