import { numberAt, type Obj, textOrEmpty, type Value } from '../../kube/fields';
import { portNameFaults } from '../../kube/grammar';
import { type Cause, invalidValue, required, unsupported } from '../failure';
import { isObj, objAt, objsAt, textsAt } from '../json';
import { matchSelector } from '../selectors';
import { labelCauses } from './metadata';

/** `must be greater than or equal to 0` for each field that is present and negative. */
export function notNegative(object: Obj, path: string, ...fields: readonly string[]): Cause[] {
  return fields.flatMap((field) => {
    const value = numberAt(object, field);
    return value !== undefined && value < 0
      ? [invalidValue(`${path}.${field}`, value, 'must be greater than or equal to 0')]
      : [];
  });
}

/** A number of pods, or a percentage. */
export function countOrPercent(value: Value | undefined, field: string): Cause[] {
  if (typeof value === 'number') return value < 0 ? [invalidValue(field, value, 'must be greater than or equal to 0')] : [];
  if (typeof value !== 'string') return [];
  if (/^[0-9]+%$/.test(value)) return [];
  const why =
    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";
  return [invalidValue(field, value, why)];
}

export const PORT_RANGE = 'must be between 1 and 65535, inclusive';

/** A port number or name. */
export function portNumberOrName(value: Value | undefined, field: string): Cause[] {
  if (typeof value === 'number') return value >= 1 && value <= 65_535 ? [] : [invalidValue(field, value, PORT_RANGE)];
  return typeof value === 'string' ? portName(value, field) : [];
}

/** A port name. */
export function portName(name: string, field: string): Cause[] {
  return portNameFaults(name).map((why) => invalidValue(field, name, why));
}

/** One of several words; an empty one counts as missing. */
export function oneOf(object: Obj, field: string, path: string, allowed: readonly string[]): Cause[] {
  const value = object[field];
  if (value === undefined) return [];
  return allowed.includes(String(value)) ? [] : [unsupported(`${path}.${field}`, String(value), allowed)];
}

/** A label selector in a workload. */
export function selectorCauses(selector: Value | undefined, path: string): Cause[] {
  const causes = labelCauses(`${path}.matchLabels`, objAt(selector, 'matchLabels'));
  objsAt(selector, 'matchExpressions').forEach((expression, i) => {
    const here = `${path}.matchExpressions[${i}]`;
    const operator = textOrEmpty(expression, 'operator');
    const hasValues = Array.isArray(expression.values) && expression.values.length > 0;
    if ((operator === 'In' || operator === 'NotIn') && !hasValues) {
      causes.push(required(`${here}.values`, "must be specified when `operator` is 'In' or 'NotIn'"));
    }
    if (!['In', 'NotIn', 'Exists', 'DoesNotExist'].includes(operator)) {
      causes.push(invalidValue(`${here}.operator`, operator, 'not a valid selector operator'));
    }
  });
  return causes;
}

/** The selector of a workload, which its own pods must match. */
export function workloadSelector(spec: Obj): Cause[] {
  const causes: Cause[] = [];
  const { selector } = spec;
  if (selector === undefined) causes.push(required('spec.selector'));
  else {
    causes.push(...selectorCauses(selector, 'spec.selector'));
    const empty = Object.keys(objAt(selector, 'matchLabels')).length === 0 && objsAt(selector, 'matchExpressions').length === 0;
    if (empty) causes.push(invalidValue('spec.selector', {}, 'empty selector is invalid for deployment'));
  }
  const labels = textsAt(spec, 'template', 'metadata', 'labels');
  if (!matchSelector(selector)(labels)) {
    const shown = isObj(objAt(spec, 'template', 'metadata').labels) ? labels : null;
    causes.push(invalidValue('spec.template.metadata.labels', shown, '`selector` does not match template `labels`'));
  }
  return causes;
}
