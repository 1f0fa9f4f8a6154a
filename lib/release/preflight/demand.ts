import { candidateOf } from '../../canary/candidate';
import type { CanaryPlan } from '../../canary/plan';
import { fieldsAt, numberAt } from '../../kube/fields';
import { displayName, type KubeObject } from '../../kube/object';
import { limitsOf, type Rollout, requestsOf, surgeOf } from '../../kube/rollout';
import { changesOf, type Plan } from '../model/plan';

/** The rollouts of all workloads whose pods a plan makes or replaces, beside the pods that they have now. */
export function demandsOf(planned: Plan): readonly Rollout[] {
  const candidates = (planned.canaries ?? []).flatMap((canary) => candidateDemand(canary, planned) ?? []);
  const rollouts = changesOf(planned).flatMap(({ manifest, live, action, changes }) => {
    if (manifest === undefined || action === 'conflict' || action === 'refused') return [];
    const replaced = changes.some(({ path }) => path.startsWith('spec.template'));
    return demandOf(manifest, action === 'replace' ? undefined : live, replaced) ?? [];
  });
  return [...candidates, ...rollouts];
}

/** The pods of a candidate, which are there next to the stable ones. */
function candidateDemand(canary: CanaryPlan, planned: Plan): Rollout | undefined {
  const { deployment } = candidateOf(canary, planned.objects, 'demand');
  const replicas = Math.max(...canary.steps.map((step) => step.replicas));
  const demand = demandOf({ ...deployment, spec: { ...fieldsAt(deployment, 'spec'), replicas } }, undefined, false);
  return demand === undefined ? undefined : { ...demand, subject: `${canary.workload} (canary)` };
}

function demandOf(manifest: KubeObject, live: KubeObject | undefined, replaced: boolean): Rollout | undefined {
  if (manifest.kind !== 'Deployment' && manifest.kind !== 'StatefulSet') return undefined;
  const template = fieldsAt(manifest, 'spec', 'template');
  const before = live && numberAt(live, 'spec', 'replicas');
  const replicas = numberAt(manifest, 'spec', 'replicas') ?? before ?? 1;
  const rolling = live !== undefined && manifest.kind === 'Deployment' && replaced;
  const surge = rolling ? surgeOf(manifest, replicas) : 0;
  const extra = Math.max(0, replicas - (before ?? 0)) + surge;
  if (!rolling && extra === 0) return undefined;
  const spec = fieldsAt(template, 'spec');
  return {
    subject: displayName(manifest),
    namespace: manifest.metadata.namespace ?? '',
    own: fieldsAt(manifest, 'spec', 'selector', 'matchLabels'),
    labels: fieldsAt(template, 'metadata', 'labels'),
    spec,
    requests: requestsOf(spec),
    limits: limitsOf(spec),
    replicas,
    extra,
    surge,
  };
}
