import { type Fields, fieldsAt, listAt, textAt } from './json';

/** Whether labels satisfy a label selector (`matchLabels` and `matchExpressions`). An empty selector matches everything. */
export function matchesSelector(labels: Fields, selector: unknown): boolean {
  const exact = Object.entries(fieldsAt(selector, 'matchLabels')).every(([key, value]) => labels[key] === value);
  return exact && matchesExpressions(labels, listAt(selector, 'matchExpressions'));
}

/** Whether labels satisfy every expression. An operator that is not known counts as satisfied: it is left to the scheduler. */
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
