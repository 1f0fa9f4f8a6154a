import { objAt, objsAt } from '../../api-schema/json';
import { numberAt, type Obj, textOrEmpty } from '../../kube/fields';

export interface Judgement {
  readonly action: 'Count' | 'FailJob' | 'Ignore';
  readonly message: string;
}

/** Applies a Job's failure policy to a failed pod. */
export function judgePod(job: Obj, pod: Obj): Judgement {
  const rules = objsAt(job, 'spec', 'podFailurePolicy', 'rules');
  const key = `${textOrEmpty(pod, 'metadata', 'namespace')}/${textOrEmpty(pod, 'metadata', 'name')}`;
  for (const [i, rule] of rules.entries()) {
    const action = rule.action === 'FailJob' || rule.action === 'Ignore' ? rule.action : 'Count';
    const pattern = objsAt(rule, 'onPodConditions').find((wanted) => {
      const status = textOrEmpty(wanted, 'status') || 'True';
      return objsAt(pod, 'status', 'conditions').some(
        (condition) => condition.type === wanted.type && condition.status === status,
      );
    });
    if (pattern !== undefined)
      return {
        action,
        message: `Pod ${key} has condition ${textOrEmpty(pattern, 'type')} matching ${action} rule at index ${i}`,
      };
    const exit = matchingExit(objAt(rule, 'onExitCodes'), pod);
    if (exit !== undefined) {
      return {
        action,
        message: `Container ${exit.container} for pod ${key} failed with exit code ${exit.code} matching ${action} rule at index ${i}`,
      };
    }
  }
  return { action: 'Count', message: '' };
}

function matchingExit(rule: Obj, pod: Obj): { readonly container: string; readonly code: number } | undefined {
  const values = Array.isArray(rule.values) ? rule.values : [];
  if (values.length === 0) return undefined;
  const only = textOrEmpty(rule, 'containerName');
  for (const status of objsAt(pod, 'status', 'containerStatuses')) {
    const code = numberAt(status, 'state', 'terminated', 'exitCode') ?? 0;
    const container = textOrEmpty(status, 'name');
    if (code === 0 || (only !== '' && only !== container)) continue;
    if (values.includes(code) === (rule.operator === 'In')) return { container, code };
  }
  return undefined;
}
