import { fieldsAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { requestsOf } from '../../kube/rollout';
import type { Gate } from '../../manifests/gates';
import type { Plan } from '../model/plan';

/** The workload whose new version a candidate gate tests. */
export function candidateWorkload({ validates }: Pick<Gate, 'validates'>, objects: Plan['objects']): KubeObject | undefined {
  const workloads = objects.flatMap(({ manifest }) => (fieldsAt(manifest, 'spec').template && manifest ? [manifest] : []));
  return validates === undefined ? workloads[0] : workloads.find((one) => displayName(one) === validates);
}

/** Devices that a gate's candidate needs in addition to the old version's, by resource name. */
export function candidateDevices(gate: Pick<Gate, 'phase' | 'validates'>, objects: Plan['objects']): readonly [string, number][] {
  const workload = gate.phase === 'candidate' ? candidateWorkload(gate, objects) : undefined;
  if (workload === undefined) return [];
  const requests = requestsOf(fieldsAt(workload, 'spec', 'template', 'spec'));
  return Object.entries(requests).flatMap(([name, count]) => (name.includes('/') ? [[name, Number(count)]] : []));
}
