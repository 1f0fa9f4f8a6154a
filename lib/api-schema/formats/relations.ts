import { KIND_RELATIONS } from './kind-relations';
import { POD_RELATIONS } from './pod-relations';
import type { Rule } from './relation';

/** The rule on related fields of a type; undefined where fields are independent. */
export function relationOf(type: string): Rule | undefined {
  return POD_RELATIONS[type] ?? KIND_RELATIONS[type];
}

/** Fields that the API description calls required, but the server accepts as absent. */
export const OPTIONAL: ReadonlySet<string> = new Set([
  'HTTPHeader.value',
  'SleepAction.seconds',
  'EndpointSlice.endpoints',
  'RoleRef.apiGroup',
  'PodFailurePolicy.rules',
  'LimitRangeSpec.limits',
  'Sysctl.value',
  'TypedLocalObjectReference.kind',
  'PriorityClass.value',
  'PreferredSchedulingTerm.preference',
]);
