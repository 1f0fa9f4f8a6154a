import { misspelled } from '../../errors/misspelled';
import { nearestName } from '../../errors/nearest';
import { textAt } from '../../kube/fields';
import { isTemplatedClaim } from '../../kube/providers';
import { type Inventory, itemsAt } from '../inventory/inventory';
import { keysOf, madeByOthers } from '../inventory/providers';
import { podReferences, type Reference, subPathReferences } from '../inventory/references';
import { isExternal } from '../model/context';
import { type Found, type Rule, rule } from '../model/rule';

type Code = 'DANGLING_CONFIG_MAP' | 'DANGLING_SECRET' | 'DANGLING_CLAIM';

/**
 * A pod waits forever for a missing volume or variable source. A stack creates its ConfigMaps itself; Secrets and PVCs come from
 * elsewhere by design, and a reference in a construct declares them.
 */
function dangling(code: Code, kind: Reference['kind'], ownedByStack: boolean): Rule {
  const remedy = `Correct the name, add the ${kind}, or have it in the cluster before the release.`;
  return rule(code, 'error', remedy, (all, context) => [
    ...(kind === 'Secret' ? pullSecrets(all) : []),
    ...podReferences(all).flatMap(({ object, namespace, kind: wanted, name, path }): readonly Found[] => {
      if (wanted !== kind || all.find(kind, namespace, name) !== undefined || isExternal(context, `${kind}/${name}`)) return [];
      if (context.scope === 'stack' && !ownedByStack) return [];
      if (
        madeByOthers(all).has(name) ||
        (kind === 'PersistentVolumeClaim' &&
          isTemplatedClaim(
            name,
            all.workloadsIn(namespace).map((one) => one.object),
          ))
      )
        return [];
      const nearest = nearestName(name, all.namesOf(kind, namespace));
      const severity = context.scope === 'stack' ? 'error' : 'warning';
      return [{ object, path, message: `there is no ${kind} of that name`, got: name, nearest, severity }];
    }),
  ]);
}

/** Pull secrets that are one of the folder but for a letter. Others may be in the cluster, and images may need none. */
function pullSecrets(all: Inventory): readonly Found[] {
  return all.workloads.flatMap(({ object, namespace, path, spec }) =>
    itemsAt(spec, 'imagePullSecrets').flatMap((one, index): readonly Found[] => {
      const got = textAt(one, 'name') ?? '';
      const logins = all.namesOf('Secret', namespace).filter((name) => {
        const type = textAt(all.find('Secret', namespace, name), 'type');
        return type?.startsWith('kubernetes.io/dockerc');
      });
      const nearest = misspelled(got, logins);
      if (nearest === undefined || all.has('Secret', namespace, got) || madeByOthers(all).has(got)) return [];
      const place = `${path}.imagePullSecrets[${index}].name`;
      return [{ object, path: place, message: 'there is no Secret of that name', got, nearest, severity: 'error' }];
    }),
  );
}

/** A required ConfigMap that does not exist. */
export const danglingConfigMap: Rule = dangling('DANGLING_CONFIG_MAP', 'ConfigMap', true);
/** A required Secret that does not exist. */
export const danglingSecret: Rule = dangling('DANGLING_SECRET', 'Secret', false);
/** A required PVC that does not exist. */
export const danglingClaim: Rule = dangling('DANGLING_CLAIM', 'PersistentVolumeClaim', false);

/** A key that a pod reads and that the existing ConfigMap or Secret does not have. */
export const missingKey: Rule = rule('MISSING_KEY', 'error', 'Correct the key, or add it.', (all) =>
  [...podReferences(all), ...subPathReferences(all)].flatMap(
    ({ object, namespace, kind, name, keys, path }): readonly Found[] => {
      const there = all.find(kind, namespace, name);
      const known = there && keysOf(all, there);
      if (known === undefined) return [];
      return keys
        .filter((key) => !known.includes(key))
        .map((key) => ({
          object,
          path,
          message: `${kind}/${name} has no such key`,
          got: key,
          expected: known.join(', '),
          nearest: nearestName(key, known),
        }));
    },
  ),
);
