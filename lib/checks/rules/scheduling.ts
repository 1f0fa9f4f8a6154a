import { nearestName } from '../../errors/nearest';
import { at, type Fields, fieldsAt, listAt } from '../../kube/fields';
import { matchesSelector } from '../../kube/selector';
import { type Inventory, itemsAt, type Workload } from '../inventory/inventory';
import { type Found, type Rule, rule } from '../model/rule';

interface Term {
  readonly fields: Fields;
  readonly path: string;
  readonly kind: 'spread' | 'apart' | 'together';
  readonly required: boolean;
}

/** A spread constraint, affinity or anti-affinity with a selector that does not match its pods. */
export const schedulingSelector: Rule = rule('SCHEDULING_SELECTOR', 'error', 'Select by labels that the pods have.', (all) =>
  all.workloads.flatMap((workload) => termsOf(workload).flatMap((term) => mistakeOf(all, workload, term))),
);

function termsOf({ spec, path }: Workload): readonly Term[] {
  const spread = itemsAt(spec, 'topologySpreadConstraints').map((fields, index) => {
    const required = fields.whenUnsatisfiable !== 'ScheduleAnyway';
    return { fields, path: `${path}.topologySpreadConstraints[${index}]`, kind: 'spread' as const, required };
  });
  const affinity = (field: 'podAffinity' | 'podAntiAffinity', kind: 'apart' | 'together') => {
    const terms = fieldsAt(spec, 'affinity', field);
    const [hard, soft] = ['requiredDuringSchedulingIgnoredDuringExecution', 'preferredDuringSchedulingIgnoredDuringExecution'];
    const place = `${path}.affinity.${field}`;
    return [
      ...itemsAt(terms, hard).map((fields, index) => ({ fields, path: `${place}.${hard}[${index}]`, kind, required: true })),
      ...itemsAt(terms, soft).map((one, index) => {
        const fields = fieldsAt(one, 'podAffinityTerm');
        return { fields, path: `${place}.${soft}[${index}].podAffinityTerm`, kind, required: false };
      }),
    ];
  };
  return [...spread, ...affinity('podAntiAffinity', 'apart'), ...affinity('podAffinity', 'together')];
}

function mistakeOf(all: Inventory, workload: Workload, { fields, path, kind, required }: Term): readonly Found[] {
  const { object, namespace, labels } = workload;
  if (fields.namespaceSelector !== undefined || listAt(fields, 'namespaces').length > 0) return [];
  const selector = at(fields, 'labelSelector');
  const where = { object, path: `${path}.labelSelector` };
  if (selector === undefined || selector === null) {
    const message =
      kind === 'spread' ? 'without a selector the constraint counts no pods' : 'without a selector the term means no pods';
    return [{ ...where, message, expected: 'labelSelector', severity: 'warning' }];
  }
  if (matchesSelector(labels, selector)) return [];
  const others = all.selected(namespace, selector).length > 0;
  if (kind !== 'spread' && others) return [];
  const wanted = labelsOf(selector);
  const got = wanted.length > 0 ? wanted.map(([key, value]) => `${key}=${value}`).join(',') : selector;
  const nearest = nearestLabel(wanted, kind === 'together' ? all.podLabels(namespace) : Object.entries(labels).map(pair));
  if (kind === 'spread') {
    const message = others
      ? "the constraint counts another workload's pods, and not its own"
      : 'the selector finds no pods, and these spread anyhow';
    return [{ ...where, message, got, nearest, severity: others ? 'warning' : 'error' }];
  }
  // It may refer to pods of other releases; a near miss of existing labels is a typo.
  const partly = wanted.some(([key, value]) => labels[key] === value);
  const severity = nearest === undefined || all.hasCustom(namespace) ? 'warning' : 'error';
  if (nearest === undefined && !partly && !(kind === 'together' && required)) return [];
  const message =
    kind === 'apart' ? 'the selector finds no pods to keep away from' : 'the selector finds no pods to be scheduled next to';
  return [{ ...where, message, got, nearest, severity }];
}

/** Labels that a selector requires, including those in `In` expressions. */
function labelsOf(selector: unknown): readonly (readonly [string, unknown])[] {
  const expressions = itemsAt(selector, 'matchExpressions').filter(({ operator }) => operator === 'In');
  return [
    ...Object.entries(fieldsAt(selector, 'matchLabels')),
    ...expressions.flatMap(({ key, values }) =>
      Array.isArray(values) ? values.map((value) => [String(key), value] as const) : [],
    ),
  ];
}

const pair = ([key, value]: readonly [string, unknown]) => `${key}=${value}`;

/** A label with a required key and a similar value: keys are long and would make everything similar. */
function nearestLabel(wanted: readonly (readonly [string, unknown])[], there: readonly string[]): string | undefined {
  return wanted
    .filter((one) => !there.includes(pair(one)))
    .flatMap(([key, value]) => {
      const values = there.filter((label) => label.startsWith(`${key}=`)).map((label) => label.slice(key.length + 1));
      const nearest = nearestName(String(value), values);
      return nearest === undefined ? [] : [`${key}=${nearest}`];
    })[0];
}
