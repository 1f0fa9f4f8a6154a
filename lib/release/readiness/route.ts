import { fieldsAt, isFields, listAt, numberAt, textAt } from '../../kube/fields';
import type { KubeObject } from '../../kube/object';
import { current, inProgress, type Status } from './result';

const CONDITIONS = ['Accepted', 'ResolvedRefs'] as const;

/**
 * A route matches its manifest when every parent, a gateway or a mesh Service, has accepted it and resolved its backends, in the
 * applied generation: after a change of weights, a condition of an earlier generation proves nothing.
 * @see https://gateway-api.sigs.k8s.io/geps/gep-1364/
 */
export function routeStatus(object: KubeObject, generation: number): Status {
  const { namespace = '' } = object.metadata;
  const reported = listAt(object, 'status', 'parents');
  const parents = listAt(object, 'spec', 'parentRefs');
  for (const parent of parents) {
    const name = displayedParent(parent);
    const reports = reported.filter((one) => parentKey(fieldsAt(one, 'parentRef'), namespace) === parentKey(parent, namespace));
    if (reports.length === 0) return inProgress('NoParentStatus', `${name} has not reported yet`);
    for (const report of reports) {
      const short = CONDITIONS.map((type) => shortcoming(report, type, name, generation)).find((one) => one !== undefined);
      if (short !== undefined) return short;
    }
  }
  return parents.length === 0 ? inProgress('NoParent', 'It has no parent') : current('Accepted');
}

function shortcoming(report: unknown, type: string, parent: string, generation: number): Status | undefined {
  const found = listAt(report, 'conditions').find((one) => textAt(one, 'type') === type);
  if (found === undefined) return inProgress('NotReady', `${parent}: no condition ${type}`);
  const observed = numberAt(found, 'observedGeneration') ?? generation;
  if (observed < generation)
    return inProgress('LatestGenerationNotObserved', `${parent}: ${type} is of generation ${observed}/${generation}`);
  if (textAt(found, 'status') === 'True') return undefined;
  const reason = textAt(found, 'reason') ?? 'NotReady';
  return inProgress(reason === '' ? 'NotReady' : reason, `${parent}: ${textAt(found, 'message') || type}`);
}

/** The parent that a reference identifies, defaults filled in; a parent may be referenced by listener and by port. */
function parentKey(ref: unknown, namespace: string): string {
  const { group = 'gateway.networking.k8s.io', kind = 'Gateway', sectionName, port } = isFields(ref) ? ref : {};
  return JSON.stringify([group, kind, textAt(ref, 'namespace') ?? namespace, textAt(ref, 'name'), sectionName ?? '', port ?? 0]);
}

function displayedParent(ref: unknown): string {
  return `${textAt(ref, 'kind') ?? 'Gateway'}/${textAt(ref, 'name') ?? ''}`;
}
