import { candidateOf } from '../../canary/candidate';
import type { CanaryPlan } from '../../canary/plan';
import { fieldsAt, numberAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { limitsOf, type Rollout, requestsOf, surgeOf } from '../../kube/rollout';
import { candidateWorkload } from '../gate/candidate-workload';
import { changesOf, type Plan } from '../model/plan';

/** The rollouts of all workloads whose pods a plan creates or replaces, in addition to their current pods. */
export function demandsOf(planned: Plan): readonly Rollout[] {
  const candidates = (planned.canaries ?? []).flatMap((canary) => candidateDemand(canary, planned) ?? []);
  const rollouts = changesOf(planned).flatMap(({ manifest, live, action, changes }) => {
    if (manifest === undefined || action === 'conflict' || action === 'refused') return [];
    const replaced = changes.some(({ path }) => path.startsWith('spec.template'));
    return demandOf(manifest, action === 'replace' ? undefined : live, replaced) ?? [];
  });
  return [...candidates, ...rollouts];
}

/**
 * The pods of gates, and of the candidates that they test: each separately, because they run one after the other and end. A pod
 * that fits no node would otherwise block until the gate's deadline.
 */
export function gateDemandsOf(planned: Plan): readonly Rollout[] {
  return planned.gates.flatMap((gate): readonly Rollout[] => {
    const candidate = gate.phase === 'candidate' ? candidateWorkload(gate, planned.objects) : undefined;
    const alone = { own: {}, replicas: 1, extra: 1, surge: 0 };
    return [
      { ...podsOfTemplate(gate.job, planned.namespace), ...alone },
      ...(candidate === undefined
        ? []
        : [
            {
              ...podsOfTemplate(candidate, planned.namespace),
              ...alone,
              subject: `${displayName(candidate)} (candidate of a gate)`,
            },
          ]),
    ];
  });
}

/** The pods of a candidate, which run next to the stable ones. */
function candidateDemand(canary: CanaryPlan, planned: Plan): Rollout | undefined {
  const { deployment } = candidateOf(canary, planned.objects, 'demand');
  const replicas = Math.max(...canary.steps.map((step) => step.replicas));
  const demand = demandOf({ ...deployment, spec: { ...fieldsAt(deployment, 'spec'), replicas } }, undefined, false);
  return demand === undefined ? undefined : { ...demand, subject: `${canary.workload} (canary)` };
}

function demandOf(manifest: KubeObject, live: KubeObject | undefined, replaced: boolean): Rollout | undefined {
  if (manifest.kind !== 'Deployment' && manifest.kind !== 'StatefulSet') return undefined;
  const before = live && numberAt(live, 'spec', 'replicas');
  const replicas = numberAt(manifest, 'spec', 'replicas') ?? before ?? 1;
  const rolling = live !== undefined && manifest.kind === 'Deployment' && replaced;
  const surge = rolling ? surgeOf(manifest, replicas) : 0;
  const extra = Math.max(0, replicas - (before ?? 0)) + surge;
  if (!rolling && extra === 0) return undefined;
  return {
    ...podsOfTemplate(manifest, ''),
    own: fieldsAt(manifest, 'spec', 'selector', 'matchLabels'),
    replicas,
    extra,
    surge,
  };
}

/** The pod template of a workload, with its resource requests. */
function podsOfTemplate(
  object: KubeObject,
  namespace: string,
): Pick<Rollout, 'subject' | 'namespace' | 'labels' | 'spec' | 'requests' | 'limits'> {
  const template = fieldsAt(object, 'spec', 'template');
  const spec = fieldsAt(template, 'spec');
  return {
    subject: displayName(object),
    namespace: object.metadata.namespace ?? namespace,
    labels: fieldsAt(template, 'metadata', 'labels'),
    spec,
    requests: requestsOf(spec),
    limits: limitsOf(spec),
  };
}
