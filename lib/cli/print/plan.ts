import { describe } from '../../errors/problem';
import { displayName } from '../../kube/object';
import type { FieldChange, Plan, PlanAction, Proposal } from '../../release';
import type { Output } from './output';

const SIGNS: Readonly<Record<PlanAction, string>> = {
  create: '+',
  change: '~',
  replace: '±',
  delete: '-',
  unchanged: '=',
  conflict: '!',
  refused: '!',
};
/** A long list of field changes is no help; the rest is in the JSON. */
const MOST_FIELDS = 40;

/** A plan without the objects' full content, so without any Secret value: what printers and files may show. */
export function planSummary(plan: Plan) {
  const objects = plan.objects.map(({ manifest, live, action, changes, conflicts, unverified }) => {
    const object = manifest ?? live;
    const namespace = object?.metadata.namespace;
    const fields = action === 'change' || action === 'replace' ? changes : [];
    return { object: object ? displayName(object) : '', namespace, action, changes: fields, conflicts, unverified };
  });
  const { release, namespace, digest, gates } = plan;
  return {
    release,
    namespace,
    digest,
    objects,
    gates: gates.map(({ name, phase, thresholds }) => ({ name, phase, thresholds })),
  };
}

/** A proposal as text, or as JSON. */
export function printPlan({ plan, problems }: Proposal, output: Output): string {
  if (output !== 'text') return JSON.stringify({ ...planSummary(plan), problems });
  return [planText(plan), ...problems.map((problem) => `! ${describe(problem)}`)].join('\n');
}

/** A plan as people read it: what changes, field by field, and how much there is of it. */
export function planText(plan: Plan): string {
  const { objects, gates } = planSummary(plan);
  const changed = objects.filter(({ action }) => action !== 'unchanged');
  const lines = changed.flatMap(({ object, action, changes, conflicts, unverified }) => [
    `${SIGNS[action]} ${action} ${object}${unverified === undefined ? '' : ` (not verified: ${unverified})`}`,
    ...changes.slice(0, MOST_FIELDS).map((change) => `    ${fieldText(change)}`),
    ...(changes.length > MOST_FIELDS ? [`    … and ${changes.length - MOST_FIELDS} more`] : []),
    ...conflicts.map(({ field, manager }) => `    ${field} is owned by ${manager}`),
  ]);
  const counts = (['create', 'change', 'replace', 'delete', 'conflict', 'refused', 'unchanged'] as const)
    .map((action) => [objects.filter((object) => object.action === action).length, action] as const)
    .filter(([count]) => count > 0)
    .map(([count, action]) => `${count} ${action}`);
  const gated = gates.map(({ name, phase }) => `gate ${name} (${phase})`);
  const gateLine = changed.length > 0 && gated.length > 0 ? [gated.join(', ')] : [];
  return [...lines, ...gateLine, `${plan.release} in ${plan.namespace}: ${counts.join(', ') || 'nothing'}`].join('\n');
}

function fieldText({ path, from, to }: FieldChange): string {
  if (from === undefined && to === undefined) return `${path}: ownership`;
  if (from === undefined) return `${path}: + ${shown(to)}`;
  return to === undefined ? `${path}: - ${shown(from)}` : `${path}: ${shown(from)} → ${shown(to)}`;
}

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > 100 ? `${text.slice(0, 97)}...` : text;
}
