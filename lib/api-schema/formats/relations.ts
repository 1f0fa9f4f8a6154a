import { KIND_RELATIONS } from './kind-relations';
import { POD_RELATIONS } from './pod-relations';
import type { Rule } from './relation';

/** What the fields of a type say of each other; nothing where each stands for itself. */
export function relationOf(type: string): Rule | undefined {
  return POD_RELATIONS[type] ?? KIND_RELATIONS[type];
}

/** Fields of which the API description says that they are required, and that the server takes without. */
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
