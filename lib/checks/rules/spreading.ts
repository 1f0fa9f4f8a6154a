import { at, listAt } from '../../kube/fields';
import { type Found, type Rule, rule } from '../model/rule';
import { podCounts } from './disruption-budget';

/** Several pods that may all run on one node. */
export const spreadingMissing: Rule = rule(
  'SPREADING_MISSING',
  'warning',
  'Prefer other nodes: podAntiAffinity, or topologySpreadConstraints.',
  (all) =>
    all.workloads.flatMap((workload): readonly Found[] => {
      const { object, spec, path } = workload;
      if (!['Deployment', 'StatefulSet'].includes(object.kind) || podCounts(all, workload).min < 2) return [];
      if (at(spec, 'affinity', 'podAntiAffinity') !== undefined || listAt(spec, 'topologySpreadConstraints').length > 0)
        return [];
      return [{ object, path: `${path}.affinity`, message: 'all of its pods may be on one node' }];
    }),
  'kube-linter:no-anti-affinity kube-score:deployment-has-host-podantiaffinity',
);
