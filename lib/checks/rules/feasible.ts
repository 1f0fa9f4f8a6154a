import { MODEL_MEMORY_ANNOTATION } from '../../kube/contract';
import { productMemory } from '../../kube/devices';
import { infeasibleRollouts } from '../../kube/feasibility';
import { type Fields, fieldsAt, listAt, textAt } from '../../kube/fields';
import { nodesOf } from '../../kube/nodes';
import { displayName } from '../../kube/object';
import { amountsOf, parseQuantity } from '../../kube/quantity';
import { quotaUse, type Rollout, requestsOf } from '../../kube/rollout';
import { type Inventory, itemsAt, namespaceOf, type Workload } from '../inventory/inventory';
import { append } from '../inventory/label-index';
import { ownSeverity } from '../model/context';
import { type Found, type Rule, rule, say } from '../model/rule';
import { podCounts } from './disruption-budget';
import { rolloutsOf } from './rollout';

/** A rollout that can never finish on the declared nodes. */
export const rolloutInfeasible: Rule = rule(
  'ROLLOUT_INFEASIBLE',
  'error',
  'Change what is asked for, or the nodes.',
  (all, { nodes }) => {
    if (nodes === undefined || nodes.length === 0) return [];
    return infeasibleRollouts(rolloutsOf(all), { nodes: nodesOf(nodes) }).flatMap(
      ({ subject, code: _code, nearest: _none, ...problem }) => {
        const object = all.objects.find((one) => subject.split(', ').includes(displayName(one)));
        return object === undefined ? [] : [{ object, ...problem }];
      },
    );
  },
);

/** A PVC that only one node can mount, with pods on several. */
export const claimNotShared: Rule = rule(
  'CLAIM_NOT_SHARED',
  'error',
  'Use ReadOnlyMany or ReadWriteMany, one pod with strategy Recreate, or a download.',
  (all, context) =>
    (all.ofKind('PersistentVolumeClaim').length === 0 ? [] : rolloutsOf(all)).flatMap(({ workload, ...rollout }) => {
      return itemsAt(rollout.spec, 'volumes').flatMap((volume): readonly Found[] => {
        const name = textAt(volume, 'persistentVolumeClaim', 'claimName') ?? '';
        const claim = all.find('PersistentVolumeClaim', rollout.namespace, name);
        const modes = listAt(claim, 'spec', 'accessModes');
        const single = modes.length > 0 && modes.every((mode) => mode === 'ReadWriteOnce' || mode === 'ReadWriteOncePod');
        if (!single) return [];
        const users = claimUsers(all).get(`${rollout.namespace} ${name}`) ?? [];
        const steady = users.reduce((sum, one) => sum + podCounts(all, one).max, 0);
        const pods = steady + rollout.surge;
        if (pods <= 1) return [];
        // One pod and its successor may share a node; two permanent pods depend on luck as long as they run.
        const severity = steady > 1 ? 'error' : ownSeverity(context, workload.object);
        return say(
          workload.object,
          `${workload.path}.volumes[name=${volume.name}]`,
          `up to ${pods} pods mount a claim that one node can mount`,
          { got: `${name} ${modes.join(', ')}`, severity },
        );
      });
    }),
);

const users = new WeakMap<Inventory, ReadonlyMap<string, readonly Workload[]>>();

/** Workloads with running pods that mount a PVC, by namespace and name. */
function claimUsers(all: Inventory): ReadonlyMap<string, readonly Workload[]> {
  const found = users.get(all);
  if (found !== undefined) return found;
  const index = new Map<string, Workload[]>();
  for (const workload of all.workloads) {
    const claims = itemsAt(workload.spec, 'volumes').flatMap((one) => textAt(one, 'persistentVolumeClaim', 'claimName') ?? []);
    if (workload.serves) for (const claim of new Set(claims)) append(index, `${workload.namespace} ${claim}`, workload);
  }
  users.set(all, index);
  return index;
}

/** More pods than the namespace's quota allows. */
export const quotaExceeded: Rule = rule('QUOTA_EXCEEDED', 'error', 'Raise the quota, or ask for fewer or smaller pods.', (all) =>
  all.ofKind('ResourceQuota').flatMap((object) => {
    const rollouts = rolloutsOf(all).filter(({ namespace }) => namespace === namespaceOf(object));
    const uses = (one: Rollout, pods: number, key: string) => quotaUse(one, pods)[key] ?? 0;
    return Object.entries(amountsOf(fieldsAt(object, 'spec', 'hard'))).flatMap(([key, hard]): readonly Found[] => {
      // They need not all be replaced at once: only the largest surge counts.
      const surge = Math.max(0, ...rollouts.map((one) => uses(one, one.surge, key)));
      const needed = rollouts.reduce((sum, one) => sum + uses(one, one.replicas, key), surge);
      if (needed <= hard * (1 + 1e-9)) return [];
      return say(object, `spec.hard.${key}`, 'the pods of the namespace can exceed it during a rollout', {
        got: hard,
        expected: `at least ${needed}`,
      });
    });
  }),
);

const GIB = 2 ** 30;

/** Weights that do not fit into the GPUs of a pod. */
export const weightsTooLarge: Rule = rule(
  'WEIGHTS_TOO_LARGE',
  'error',
  'Take more GPUs, larger ones, or quantised weights.',
  ({ workloads }) =>
    workloads.flatMap(({ object, spec }): readonly Found[] => {
      const weights = parseQuantity(object.metadata.annotations?.[MODEL_MEMORY_ANNOTATION] ?? '');
      if (weights === undefined) return [];
      const product = productsOf(spec).sort((a, b) => (productMemory(a) ?? 0) - (productMemory(b) ?? 0))[0] ?? '';
      const memory = productMemory(product);
      const count = requestsOf(spec)['nvidia.com/gpu'] ?? 0;
      if (memory === undefined || count === 0) return [];
      // A tenth of each GPU is for the program itself; the memory for requests is additional.
      if (weights <= count * memory * 0.9) return [];
      const needed = Math.ceil(weights / (memory * 0.9));
      return say(object, `metadata.annotations.${MODEL_MEMORY_ANNOTATION}`, `the weights do not fit into ${count} ${product}`, {
        got: `${(weights / GIB).toFixed(0)} GiB`,
        expected: `at most ${((count * memory * 0.9) / GIB).toFixed(0)} GiB`,
        remedy: `Take ${needed} GPUs of that product, larger ones, or quantised weights.`,
      });
    }),
);

/** GPU products of the nodes that a pod may run on, from its node selector or required affinity. */
function productsOf(spec: Fields): string[] {
  const label = 'nvidia.com/gpu.product';
  const terms = itemsAt(spec, 'affinity', 'nodeAffinity', 'requiredDuringSchedulingIgnoredDuringExecution', 'nodeSelectorTerms');
  const expressions = terms.flatMap((term) => itemsAt(term, 'matchExpressions')).filter(({ key }) => key === label);
  const listed = expressions.flatMap((expression) => listAt(expression, 'values')).filter((value) => typeof value === 'string');
  const selected = textAt(spec, 'nodeSelector', label);
  return selected === undefined ? listed : [selected, ...listed];
}
